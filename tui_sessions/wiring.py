"""Configuration to services: the only place that chooses what is built and from what.

Everything is built at first use, so that a command that only reads files loads no network, no clock of
the loop, no price table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tui_sessions.config.drafts import DraftFile
from tui_sessions.config.entries import audit_file
from tui_sessions.config.load import load
from tui_sessions.config.paths import Paths, in_config, paths
from tui_sessions.config.prompt_library import PromptLibrary
from tui_sessions.config.prompts import PromptFile
from tui_sessions.config.schema import Config, ProviderConfig
from tui_sessions.config.state import State, StateFile
from tui_sessions.errors import ConflictError, TuiSessionsError, UsageError
from tui_sessions.model.edits import set_meta
from tui_sessions.model.ids import is_valid_id, new_id
from tui_sessions.model.params import set_param
from tui_sessions.model.session import Params, Session
from tui_sessions.model.tags import unique_tags
from tui_sessions.model.usage import Usage

if TYPE_CHECKING:
    from tui_sessions.config.personas import PersonaFile
    from tui_sessions.engine.automatic import Automatic
    from tui_sessions.engine.budgets import Budgets
    from tui_sessions.engine.events import EngineEvent
    from tui_sessions.engine.queue import PromptQueue
    from tui_sessions.engine.room import Context
    from tui_sessions.engine.turns import Turns
    from tui_sessions.providers.base import Provider
    from tui_sessions.providers.model_lists import ModelLists
    from tui_sessions.providers.prices import Prices
    from tui_sessions.providers.registry import Providers
    from tui_sessions.store.backup.backups import Backups
    from tui_sessions.store.library import Library

DEMO_MODEL = "demo/demo"


def utc_now() -> datetime:
    """The clock of the program."""
    return datetime.now(UTC)


class Services:
    """What the front ends talk to."""

    def __init__(
        self,
        config: Config,
        where: Paths,
        environ: Mapping[str, str],
        *,
        base_url: str | None = None,
        settings: Sequence[str] = (),
    ) -> None:
        self.config = config
        self.settings = tuple(settings)
        """The `--set key=value` options."""
        self.paths = where
        self.environ = environ
        self.now = utc_now
        self.names_sessions = True
        """Whether titles and tags come unasked, where the configuration wants them."""
        self.when_refused: Callable[[str], None] = lambda sentence: None
        """Told once what the disk does not take of what is not a session."""
        self._told_refused = ""
        self._base_url = base_url
        self._state: State | None = None

    @cached_property
    def library(self) -> Library:
        """The library, made if it is not there. Raises `StoreError`."""
        from tui_sessions.store.library import Library  # a command may need only the configuration

        library = Library.open(
            self.paths.library, now=self.now, audit=self.audit_path, cache=self.paths.cache_dir
        )
        if not self._named_audit:
            from tui_sessions.store.audit import MAX_BYTES

            library.audit.max_bytes = MAX_BYTES
        return library

    @property
    def audit_path(self) -> Path | None:
        """Where the audit log is written; None where none is kept."""
        if self._named_audit:
            return Path(self._named_audit)
        return self.paths.state_dir / "audit.jsonl" if self.config.audit else None

    @property
    def _named_audit(self) -> str:
        return audit_file(self.environ.get("TUI_SESSIONS_AUDIT", ""))

    @property
    def backups(self) -> Backups:
        """Backups of the library, where the configuration wants them."""
        from tui_sessions.store.backup.backups import Backups  # most commands make none

        named = self.config.backups.dir
        folder = in_config(named, self.paths) if named else self.paths.backups_dir
        return Backups(self.library, folder, now=self.now)

    @cached_property
    def _state_file(self) -> StateFile:
        return StateFile(self.paths.state_dir / "state.toml")

    @property
    def state(self) -> State:
        """What the screen remembers from one time to the next."""
        if self._state is None:
            self._state = self._state_file.load()
        return self._state

    def remember(self, change: Callable[[State], State]) -> None:
        """Change what is remembered, here and on disk as far as it can be written."""
        self._state = self._state_file.update(change)
        problem = self._state_file.problem
        self.refused(
            f"What the screen remembers could not be written: {problem}." if problem else ""
        )

    def refused(self, sentence: str) -> None:
        """Something small could not be written: say so, unless that was the last thing said; "": it could."""
        if sentence and sentence != self._told_refused:
            self.when_refused(sentence)
        self._told_refused = sentence or self._told_refused

    @cached_property
    def prompts(self) -> PromptFile:
        """The prompts that were sent."""
        return PromptFile(self.paths.state_dir / "prompts.jsonl")

    @cached_property
    def kept_prompts(self) -> PromptLibrary:
        """The prompts that the user keeps to use again."""
        return PromptLibrary(self.paths.prompts_dir)

    @cached_property
    def personas(self) -> PersonaFile:
        """The named ways to be answered, as the user wrote them."""
        from tui_sessions.config.personas import PersonaFile  # most prompts name none

        return PersonaFile(self.paths.config_dir / "personas.toml")

    @cached_property
    def drafts(self) -> DraftFile:
        """What was typed and not sent."""
        return DraftFile(self.paths.state_dir / "drafts.json")

    def reload(self) -> None:
        """Read the configuration again, for what is asked of it from now on. Addresses of servers stay
        until the next start, because prices go by them. Raises `ConfigError`."""
        loaded = load(self.paths.config_file, self.environ, self.settings)
        self.config = _at_the_addresses_of(self.config, loaded)
        if "providers" in self.__dict__:
            self.providers.configure(self.config)

    @cached_property
    def providers(self) -> Providers:
        """Who answers."""
        from tui_sessions.providers.registry import Providers  # not for file commands

        overrides = {"": self._base_url} if self._base_url else {}
        return Providers(self.config, self.environ, base_urls=overrides)

    @cached_property
    def prices(self) -> Prices:
        """What answers cost."""
        from tui_sessions.providers.prices import Prices, elsewhere  # not for file commands

        others = elsewhere(self.config, self.environ, self._base_url)
        sizes = self.paths.cache_dir / "context-sizes.json"
        return Prices(
            self.paths.prices_file,
            elsewhere=others,
            sizes=sizes,
            listed=lambda model: self.model_lists.told(model),
        )

    @cached_property
    def model_lists(self) -> ModelLists:
        """The models of every provider."""
        from tui_sessions.providers.model_lists import ModelLists  # for who chooses one

        file = self.paths.cache_dir / "models.json"
        return ModelLists(self.providers, self.prices, lambda: self.config, file=file, now=self.now)

    @cached_property
    def budgets(self) -> Budgets:
        """What may be spent."""
        from tui_sessions.engine.budgets import Budgets  # not for file commands

        return Budgets(
            lambda: self.library,
            lambda: self.prices,
            lambda: self.config.budgets,
            now=lambda: self.now(),
            underway=lambda: self.turns.underway() if "turns" in self.__dict__ else (),
        )

    def has_budget(self, session: Session) -> bool:
        """Whether there may be a budget for it at all. Loads nothing."""
        return bool(self.config.budgets) or "budget" in session.meta.extra

    @cached_property
    def context(self) -> Context:
        """What fits into the contexts of models."""
        from tui_sessions.engine.room import Context  # not for file commands

        return Context(lambda: self.prices, lambda: self.config.chat.when_full)

    @cached_property
    def turns(self) -> Turns:
        """The engine. Needs a running loop once something is started."""
        from tui_sessions.engine.turns import Turns  # loads asyncio: not for file commands

        turns = Turns(
            self.library,
            self.providers,
            self.prices,
            now=self.now,
            limits=lambda: (self.budgets,),
            context=lambda: self.context,
        )
        turns.subscribe(self._name_session)
        return turns

    @cached_property
    def automatic(self) -> Automatic:
        """Titles and tags by a model. Needs a running loop once something is asked."""
        from tui_sessions.engine.automatic import Automatic  # only where somebody wants one

        return Automatic(
            self.library,
            self.providers,
            self.prices,
            now=self.now,
            config=lambda: self.config.automatic,
            announce=self.turns.announce,
            limits=(self.budgets,),
        )

    def _name_session(self, event: EngineEvent) -> None:
        wanted = self.config.automatic
        if self.names_sessions and wanted.model and (wanted.titles or wanted.tags):
            self.automatic.hear(event)

    @cached_property
    def queue(self) -> PromptQueue:
        """Prompts that wait while their session is being answered; they are sent only by a program that
        asked for this. Needs a running loop once something is added."""
        from tui_sessions.config.queue_file import QueueFile
        from tui_sessions.engine.queue import PromptQueue  # loads asyncio: not for file commands

        file = QueueFile(self.paths.state_dir / "queue", self.paths.library)
        return PromptQueue(self.turns, self.library, file, persona=self.personas.get)

    async def aclose(self) -> None:
        """End and save every answer; what waits for its turn is left to the next program."""
        if "queue" in self.__dict__:
            self.queue.close()
        if "automatic" in self.__dict__:
            await self.automatic.aclose()
        if "turns" in self.__dict__:
            await self.turns.aclose()

    def default_model(self) -> str:
        """Configured, else last used, else the first whose key is in the environment, else the demo."""
        if self.config.chat.model:
            return self.config.chat.model
        if self._base_url:
            return self.state.last_model or "openai/default"
        if self.state.last_model:
            return self.state.last_model
        from tui_sessions.providers.registry import found_models  # not for file commands

        return next(iter(found_models(self.environ, config=self.config)), DEMO_MODEL)

    def check_model(self, model: str) -> None:
        """Raises `ProviderError` where nobody answers to that name."""
        self.provider_of(model)

    def provider_of(self, model: str) -> Provider:
        """Who answers to that name. Raises `ProviderError` where nobody does."""
        from tui_sessions.providers.registry import split_model  # not for file commands

        provider, _ = split_model(model)
        return self.providers.get(provider)

    def get_ready(self, model: str) -> None:
        """Load what the first answer of a model would have to wait for. May run in a thread."""
        from tui_sessions.engine import answering, making  # noqa: F401 - the first prompt needs them
        from tui_sessions.providers.registry import split_model  # not for file commands

        with suppress(TuiSessionsError):  # whoever sends is told
            provider, _ = split_model(model)
            self.providers.get(provider).prepare()
            self.prices.cost(model, Usage(), self.now())  # loads the table

    def draft(
        self,
        *,
        title: str | None = None,
        model: str | None = None,
        system: str | None = None,
        tags: Sequence[str] = (),
        meta: Mapping[str, Any] | None = None,
        session_id: str | None = None,
        context_window: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Session:
        """A new session as a value, not on disk yet. Raises `UsageError` for an id that is none."""
        if session_id is not None and not is_valid_id(session_id):
            raise UsageError(
                f"{session_id!r} cannot be an id: use 1 to 64 of the characters A-Z a-z 0-9 . _ -"
            )
        window = self.config.chat.context_window if context_window is None else context_window
        session = Session(
            id=session_id or new_id(),
            title=title or None,
            model=model or self.default_model(),
            system=system if system is not None else self.config.chat.system or None,
            params=Params(context_window=window or None),
        )
        for key, value in (params or {}).items():
            session = set_param(key, value)(session)
        for key, value in (meta or {}).items():
            session = set_meta(key, value)(session)
        return session.with_meta(tags=unique_tags((*session.meta.tags, *tags)))

    def new_session(self, *, name: str | None = None, folder: str = "", **wanted: Any) -> Session:
        """A `draft` with a file of its own. Raises `ConflictError` where id or name are taken.

        A chosen id also names the file, so that of two programs that choose the same one makes it.
        """
        session = self.draft(**wanted)
        if wanted.get("session_id") and self.library.has(session.id):
            raise ConflictError(
                f"A session {session.id} exists already. Continue it, or choose another id."
            )
        return self.library.create(session, name=name or wanted.get("session_id"), folder=folder)


def services(
    *,
    dir: str | None = None,
    config: str | None = None,
    settings: Sequence[str] = (),
    base_url: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Services:
    """Read the configuration and hand out the services. Raises `ConfigError`."""
    environ = os.environ if environ is None else environ
    where = paths(environ, dir=dir, config=config)
    loaded = load(where.config_file, environ, settings, required=where.is_config_named)
    if loaded.library.dir:
        where = paths(environ, dir=dir, config=config, configured_dir=loaded.library.dir)
    return Services(loaded, where, environ, base_url=base_url, settings=settings)


def _at_the_addresses_of(former: Config, new: Config) -> Config:
    """`new`, but everybody who could be asked before is where he was."""
    from tui_sessions.config.endpoints import FIXED, PRESETS

    replace = msgspec.structs.replace
    now, then = new.providers, former.providers
    fixed = {name: getattr(now, name) for name in FIXED}
    fixed = {
        name: replace(own, base_url=getattr(then, name).base_url)
        for name, own in fixed.items()
        if isinstance(own, ProviderConfig)
    }
    endpoints = dict(new.endpoints)
    for name, own in endpoints.items():
        before = former.endpoints.get(name)
        if before is not None or name in PRESETS:
            endpoints[name] = replace(own, base_url=before.base_url if before else "")
    return replace(new, providers=replace(now, **fixed), endpoints=endpoints)
