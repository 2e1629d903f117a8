"""Who could answer here, as rows of the first screen: what was found, what runs, what needs a key, what
could run, the demonstration. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from tui_sessions.model.display import shown_number
from tui_sessions.providers.discovery import KeyState
from tui_sessions.providers.local_servers import LOCAL, PASSED_ON, LocalServer

FOUND, KEYS, SERVERS, OFFLINE = (
    "found here",
    "with a key",
    "on your own machine",
    "without anything",
)
USE = "enter uses this model; it can be changed at any time."
START = {
    "ollama": "ollama serve, then ollama pull llama3.2",
    "lmstudio": "lms server start",
    "llamacpp": "llama-server -m MODEL.gguf",
    "vllm": "vllm serve MODEL",
    "litellm": "litellm --model MODEL",
}
"""How each server is started, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to be answered."""

    provider: str
    group: str
    what: str
    """What was found, or what is missing, in a few words."""
    how: str
    """What to do, in whole sentences."""
    model: str = ""
    """What is used at once, as `provider/name`; empty: it is to be chosen."""
    is_ready: bool = True
    asks_key: bool = False
    """Whether all that is missing is a key."""

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return self.model or self.provider


def ways(
    states: Sequence[KeyState],
    servers: Sequence[LocalServer],
    *,
    ready: Container[str],
    proposed: Mapping[str, str],
) -> tuple[Way, ...]:
    """All rows in their order; the demonstration is the last where anybody else can answer, else the first.
    `ready` are the providers that could answer without more, `proposed` sensible
    first models by provider; servers of one's own machine that are not among `servers` do not run."""
    running = {server.provider: server for server in servers}
    others = [state for state in states if state.name not in (*LOCAL, "demo")]
    found = [_ready(state, proposed.get(state.name, "")) for state in others if state.name in ready]
    missing = [_lacking(state) for state in others if state.name not in ready]
    here = [_running(running[name]) for name in LOCAL if name in running]
    absent = [_absent(name) for name in LOCAL if name not in running]
    others_first = any(way.is_ready for way in (*found, *here))
    rows = (*found, *here, *missing, *absent)
    return (*rows, DEMO) if others_first else (DEMO, *rows)


DEMO = Way(
    provider="demo",
    group=OFFLINE,
    what="answers offline",
    how="The built-in demonstration costs nothing and says so in every answer. "
    "It streams, counts and fails on request like a real model: good to try the keys with.",
    model="demo/demo",
)


def _ready(state: KeyState, model: str) -> Way:
    use = USE if model else "enter lists the models."
    where = f"key in {state.source}" if state.has_key else f"at {state.base_url}"
    how = f"The key comes from {state.source}. {use}" if state.has_key else use
    return Way(provider=state.name, group=FOUND, what=where, how=how, model=model)


def _running(server: LocalServer) -> Way:
    name, where = server.provider, f"runs at {server.host}"
    if server.wants_key:
        how = _how_to_give_key(name, f"{name.upper()}_API_KEY")
        return Way(
            provider=name, group=FOUND, what=f"{where}, wants a key", how=how, is_ready=False
        )
    if not server.models:
        how = f"It has no model to answer with. {_start(name)}"
        return Way(provider=name, group=FOUND, what=f"{where}, no model", how=how, is_ready=False)
    return Way(
        provider=name,
        group=FOUND,
        what=f"{where}, {shown_number(len(server.models), 'model')}",
        how=USE if name in PASSED_ON else f"It answers on this machine and costs nothing. {USE}",
        model=f"{name}/{server.models[0]}",
    )


def _lacking(state: KeyState) -> Way:
    asks_key = state.needs_key and not state.has_key and state.why == f"set {state.source}"
    how = f"{state.title}: {state.why}."
    if asks_key:
        how = _how_to_give_key(state.name, state.source)
    return Way(
        provider=state.name,
        group=KEYS,
        what=_begun(state.why),
        how=how,
        is_ready=False,
        asks_key=asks_key,
    )


def _begun(sentence: str) -> str:
    """What of it there is room for in a row; all of it stands below the list."""
    return sentence.partition(", ")[0].partition(": ")[0]


def _how_to_give_key(provider: str, source: str) -> str:
    return (
        f"export {source}=… before the start; or enter, and the key goes into the system's keyring; "
        f"or api_key_command in [providers.{provider}] of the configuration. No key is ever written to "
        "a file of this program."
    )


def _absent(name: str) -> Way:
    return Way(provider=name, group=SERVERS, what="not running", how=_start(name), is_ready=False)


def _start(name: str) -> str:
    start = START.get(name)
    return (f"Start it: {start}. " if start else "") + "Then look again."
