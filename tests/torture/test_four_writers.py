"""Four programs that write one session at once, one of them killed: no turn of any is lost, and none waits for ever."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

from judge import complaints, kept, loaded, promised, session_files, text_of
from nursery import Nursery
from proof import size, tell
from word_server import WordServer

from tui_sessions.store.library import Library
from tui_sessions.wiring import utc_now

WRITERS = 4
ROUNDS = size(6, 100)


def test_four_writers_of_one_session_lose_nothing_also_when_one_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    promises = 0
    with WordServer(lambda _: None, pause_s=0.001) as server, Nursery() as nursery:
        for number in range(ROUNDS):
            place = tmp_path / str(number)
            place.mkdir()
            promises += one_round(place, server.url, nursery, chance)
    assert promises > ROUNDS * WRITERS
    tell(
        "R7",
        "four writers, one of them killed",
        f"{ROUNDS} rounds, {promises} messages: 0 lost, 0 hangs",
    )


def one_round(place: Path, url: str, nursery: Nursery, chance: random.Random) -> int:
    """Four write at the same time, the first is killed; how many messages were promised."""
    root, audit, said = place / "library", place / "audit.jsonl", place / "said"
    environ = {
        "TUI_SESSIONS_AUDIT": str(audit),
        "TUI_SESSIONS_CHAT_MODEL": "openai/words",
        "TUI_SESSIONS_PROVIDERS_OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "none",
    }

    def start(*words: str) -> int:
        return nursery.start(["--dir", str(root), *words], environ, output=said)

    assert nursery.end_of(start("new", "--id", "shared", "--title", "Shared")) == 0, (
        said.read_text()
    )
    writers = [start("ask", "--session", "shared", f"from {number}") for number in range(WRITERS)]
    editors = [start("tag", "shared", f"tag{number}") for number in range(2)]
    time.sleep(chance.uniform(0, 0.4))
    with suppress(ProcessLookupError):
        os.kill(writers[0], signal.SIGKILL)
    # Who waits for ever is ended by the time limit of the test.
    codes = [nursery.end_of(pid) for pid in (*writers, *editors)]
    assert codes[1:] == [0] * (len(codes) - 1), said.read_text()
    library = Library.open(root, now=utc_now, audit=audit)
    library.refresh()
    library.recover()
    assert complaints(root, audit) == []
    assert set(library.load("shared").meta.tags) == {"tag0", "tag1"}
    prompts = [text_of(turn["messages"][0]) for turn in turns_of(root)]
    assert sorted(prompts)[-3:] == ["from 1", "from 2", "from 3"]
    assert len(prompts) == len(set(prompts)), "a turn stands twice"
    return len(promised(audit) & kept(root)[0])


def turns_of(root: Path) -> list[dict]:
    """The turns of all files, whichever they are in."""
    return [turn for path in session_files(root) for turn in loaded(path)["turns"]]
