"""Who answers on the first day: what is found is used and said in a line; where nothing is, it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import msgspec

from tui_sessions.config.key_places import look_in_keyring
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.edits import set_model
from tui_sessions.model.text import clean_line
from tui_sessions.providers.keys import store_key, stored_key
from tui_sessions.providers.local_servers import LOCAL, LocalServer, running_servers
from tui_sessions.providers.registry import found_models, split_model
from tui_sessions.tui.choosing import Choosing
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.ways import Way, ways
from tui_sessions.wiring import DEMO_MODEL

if TYPE_CHECKING:
    from tui_sessions.tui.screens.first_run import FirstRunDialog

EMPTY = "A new session. Write below; enter sends it."


class FirstDay:
    """Looks for providers, and asks who is to answer."""

    def __init__(self, stage: Stage, choosing: Choosing) -> None:
        self._stage = stage
        self._choosing = choosing

    def begin(self) -> None:
        """After the first paint, with a draft: where it would be answered by the demonstration only because
        nothing else is known, look for something better."""
        services, model = self._stage.services, self._stage.workspace.session.model
        if model == DEMO_MODEL:
            self._stage.app.run_worker(self._find(), group="first-day", exit_on_error=False)
        elif model and not services.state.last_model:
            provider, _ = split_model(model)
            state = services.providers.source(provider)
            is_keyed = f"There is a key in {state.source}"
            self._say_found(model, is_keyed if state.has_key else f"{state.title} is set up")

    def open(self) -> None:
        """The list of all that could answer."""
        self._stage.app.run_worker(self._open(), group="first-day", exit_on_error=False)

    async def _find(self) -> None:
        servers = await self._running()
        ollama = next((s for s in servers if s.provider == "ollama" and s.models), None)
        if not self._is_undecided:
            return
        if ollama is not None:
            model = f"ollama/{ollama.models[0]}"
            self._choosing.edit(set_model(model), "model")
            self._say_found(model, f"Ollama runs at {ollama.host}")
        else:
            self._once_read(lambda: self._ask_once(servers))

    def _once_read(self, then: Callable[[], None]) -> None:
        """When the library was read: before, nobody knows whether it is empty."""
        shown = self._stage.when_tree_shown

        def look() -> None:
            if self._stage.workspace.library.is_scanned:
                if look in shown:
                    shown.remove(look)
                then()

        if self._stage.workspace.library.is_scanned:
            look()
        else:
            shown.append(look)

    def _ask_once(self, servers: tuple[LocalServer, ...]) -> None:
        """On the very first day. Nothing is taken out of anybody's hands: who writes already is left
        alone."""
        stage = self._stage
        if not self._is_first_day:
            return
        stage.services.remember(lambda state: msgspec.structs.replace(state, is_welcomed=True))
        if stage.prompt.text or stage.app.screen is not stage.screen:
            self._say(":providers shows who could answer.")
            return
        self._show(servers)

    async def _open(self) -> None:
        self._show(await self._running())

    def _show(self, servers: tuple[LocalServer, ...]) -> None:
        from tui_sessions.tui.screens.first_run import FirstRunDialog

        dialog = FirstRunDialog(
            self._ways(servers),
            look=lambda: self._run_in(dialog, self._look_again(dialog)),
            ask_key=lambda name: self._run_in(dialog, self._ask_key(dialog, name)),
        )
        self._stage.app.push_screen(dialog, self._chosen)

    def _run_in(self, dialog: FirstRunDialog, work: Coroutine[Any, Any, None]) -> None:
        dialog.run_worker(work, group="look", exclusive=True, exit_on_error=False)

    async def _look_again(self, dialog: FirstRunDialog) -> None:
        dialog.show_ways(self._ways(await self._running()))

    async def _ask_key(self, dialog: FirstRunDialog, name: str) -> None:
        """Asks for a key and keeps it; the keyring may be slow, or ask for a password of its own."""
        from tui_sessions.tui.screens.key import KeyDialog

        try:
            await asyncio.to_thread(stored_key, name)  # without a keyring nobody types in vain
            secret = await self._stage.app.push_screen_wait(KeyDialog(name))
            if secret is None:
                return
            await asyncio.to_thread(store_key, name, secret)
            look_in_keyring(self._stage.services.paths.config_file, name, is_there=True)
            self._stage.services.reload()
        except TuiSessionsError as problem:
            dialog.complain(str(problem))
            return
        await self._look_again(dialog)

    def _chosen(self, way: Way | None) -> None:
        if way is None:
            return
        asking = self._choosing.asking_models
        asking.also = tuple(dict.fromkeys((*asking.also, way.provider)))
        if way.model:
            self._stage.attempt(lambda: self._choosing.set_model(way.model))
        else:
            self._choosing.pick_model(self._choosing.set_model, typed=f"{way.provider}/")

    async def _running(self) -> tuple[LocalServer, ...]:
        providers = self._stage.services.providers
        return await running_servers((name, providers.source(name).base_url) for name in LOCAL)

    def _ways(self, servers: tuple[LocalServer, ...]) -> tuple[Way, ...]:
        services = self._stage.services
        providers = services.providers
        models = found_models(services.environ, config=services.config)
        return ways(
            [providers.source(name) for name in providers.names],
            servers,
            ready=providers.set_up(),
            proposed={split_model(model)[0]: model for model in models},
        )

    @property
    def _is_undecided(self) -> bool:
        workspace = self._stage.workspace
        return workspace.is_draft and workspace.session.model == DEMO_MODEL

    @property
    def _is_first_day(self) -> bool:
        """Whether nothing was ever chosen, and nothing was ever said."""
        state = self._stage.services.state
        is_new = self._is_undecided and not state.last_model and not state.is_welcomed
        return is_new and not self._stage.workspace.library.rows(limit=1)

    def _say_found(self, model: str, where: str) -> None:
        change = self._stage.keys.shown("session.model") or ":model"
        self._say(
            f"{where}, so {model} was chosen. {change} chooses another, :providers shows who else "
            "could answer."
        )

    def _say(self, sentence: str) -> None:
        """A line in the empty conversation."""
        stage = self._stage
        stage.conversation.empty_text = f"{EMPTY}\n{clean_line(sentence)}"
        stage.show_session(stage.workspace.session)
