"""What `ask -a` attaches: read and checked before anything is kept, made or sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_sessions.cli.call import Call
from tui_sessions.errors import UsageError
from tui_sessions.model.attachment import MOST_BYTES

if TYPE_CHECKING:
    from tui_sessions.store.attachments import Loose

STANDARD_INPUT = "-"


def read_files(names: tuple[str, ...]) -> tuple[Loose, ...]:
    """The files of that names, `-` for standard input. Raises `UsageError`."""
    if not names:
        return ()
    from tui_sessions.store.attachments import read_file

    if names.count(STANDARD_INPUT) > 1:
        raise UsageError("Standard input can be attached only once.")
    return tuple(_piped() if name == STANDARD_INPUT else read_file(Path(name)) for name in names)


def refuse_files(
    call: Call, loose: tuple[Loose, ...], model: str | None, session_id: str | None
) -> None:
    """Raises `ProviderError` where who will be asked does not take the files."""
    if not loose:
        return
    from tui_sessions.providers.attaching import refuse_parts
    from tui_sessions.providers.registry import split_model

    known = call.library.load(session_id).model if session_id else None
    provider, _ = split_model(model or known or call.services.default_model())
    refuse_parts(call.services.providers.get(provider), [file.part for file in loose])


def _piped() -> Loose:
    from tui_sessions.store.attachments import Loose, refuse_size

    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("Nothing is piped in that -a - could attach.")
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    refuse_size(len(data), "Standard input")
    return Loose("stdin", data)
