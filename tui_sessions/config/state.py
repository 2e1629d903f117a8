"""What the screen remembers from one day to the next; never the user's own configuration.

Nothing here stops the program: what cannot be read is forgotten, what cannot be written is told.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from tui_sessions.config.private import alone, read_private, why, write_private

_RECENT_MODELS = 10
_FILTERS = 50
_SEARCHES = 12


class LastExport(msgspec.Struct, frozen=True, kw_only=True):
    """How the last export was made, to do it again with one key."""

    format: str
    dir: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that is remembered; every field has a value for the first day."""

    theme: str = ""
    """Empty: none was chosen."""
    last_model: str = ""
    is_welcomed: bool = False
    """Whether it was asked once who is to answer."""
    favourites: tuple[str, ...] = ()
    """Models, in the order in which they were marked."""
    recent_models: tuple[str, ...] = ()
    """The last one used first."""
    folded: tuple[str, ...] = ()
    """Keys of the folders and sessions that are folded in the tree."""
    folded_panes: tuple[str, ...] = ()
    sort: str = "updated"
    filters: tuple[str, ...] = ()
    """Filters of the tree, the last one used first."""
    searches: tuple[str, ...] = ()
    """In conversations, the last one that led somewhere first."""
    export_format: str = ""
    export_dir: str = ""
    last_export: LastExport | None = None
    upkeep: Literal["", "always", "never"] = ""
    """Whether what is expired goes unasked; empty: it is asked about."""
    attach_dir: str = ""
    """Where files were last chosen to go along with a prompt."""

    def with_model_used(self, model: str) -> State:
        """With `model` as the last one used, and at the head of the recent ones."""
        recent = (model, *(name for name in self.recent_models if name != model))
        return msgspec.structs.replace(
            self, last_model=model, recent_models=recent[:_RECENT_MODELS]
        )

    def with_filter(self, text: str) -> State:
        """With `text` as the last filter used; an empty one is none."""
        if not text:
            return self
        kept = (text, *(other for other in self.filters if other != text))
        return msgspec.structs.replace(self, filters=kept[:_FILTERS])

    def with_search(self, text: str) -> State:
        """With `text` as the last search that led somewhere."""
        if not text.strip():
            return self
        kept = (text.strip(), *(other for other in self.searches if other != text.strip()))
        return msgspec.structs.replace(self, searches=kept[:_SEARCHES])

    def with_favourite_toggled(self, model: str) -> State:
        """With `model` among the favourites, or no longer."""
        kept = tuple(name for name in self.favourites if name != model)
        is_new = len(kept) == len(self.favourites)
        return msgspec.structs.replace(self, favourites=(*kept, model) if is_new else kept)

    def with_export(self, format: str, dir: str) -> State:
        """With an export in `format` to the folder `dir` as the last one made and proposed."""
        return msgspec.structs.replace(
            self,
            export_format=format,
            export_dir=dir,
            last_export=LastExport(format=format, dir=dir),
        )


class StateFile:
    """`state.toml`, private, written as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unwritten: State | None = None
        """What the disk refused to take, and holds in this process all the same."""
        self.problem = ""
        """Why the last of it could not be written; "" where all is."""

    def load(self) -> State:
        """What was remembered. A field of a wrong type is forgotten alone; a file that is no TOML
        is put aside as `.broken`."""
        try:
            data = read_private(self.path)
        except OSError:
            return State()
        import tomllib  # Commands that only look at files never ask for the state.

        try:
            document = tomllib.loads(data.decode())
        except (ValueError, RecursionError):
            self._put_aside()
            return State()
        return _state_of(document)

    def save(self, state: State) -> bool:
        """Remembers `state`; False where the disk refuses, and then until the end of the program."""
        import tomli_w  # Commands that only read never write it.

        known = {k: v for k, v in msgspec.to_builtins(state).items() if v is not None}
        try:
            # File names may hold bytes that are no text, which TOML cannot hold.
            write_private(self.path, tomli_w.dumps(known).encode("utf-8", "replace"))
        except OSError as error:
            self._unwritten, self.problem = state, why(error)
            return False
        self._unwritten, self.problem = None, ""
        return True

    def update(self, change: Callable[[State], State]) -> State:
        """Lays `change` over the file as it stands now, which another program may have written
        since; gives what holds from now on, whether it could be written or not."""
        with alone(self.path):
            state = change(self._unwritten or self.load())
            self.save(state)
        return state

    def _put_aside(self) -> None:
        try:
            self.path.replace(self.path.with_name(self.path.name + ".broken"))
        except OSError:
            return


def _state_of(document: dict[str, Any]) -> State:
    known: dict[str, Any] = {}
    for field in msgspec.structs.fields(State):
        if field.name not in document:
            continue
        try:
            known[field.name] = msgspec.convert(document[field.name], field.type)
        except msgspec.ValidationError:
            continue
    return State(**known)
