"""Another program that answers a session of the same library, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.model.answers import add_prompt, finish_answer
from tui_sessions.model.message import Message
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.store.library import Library

now = lambda: datetime.now(UTC)
library = Library.open(Path(sys.argv[1]), now=now)
session_id, turn_id = sys.argv[2:]
turn = Turn(id=turn_id, messages=(Message(role="user", content="Theirs", timestamp=now()),))
library.update(session_id, add_prompt(turn, model=None))
journal = library.open_journal(session_id, turn_id, model="openai/theirs")
print("begun", flush=True)
said = ""
for line in sys.stdin:
    piece = json.loads(line)
    if piece is None:
        break
    said += piece
    journal.append(piece)
    while piece not in Path(journal._path).read_text():
        pass
    print("said", flush=True)
message = Message(role="assistant", content=said, timestamp=now(), model="openai/theirs")
library.update(session_id, finish_answer(turn_id, Alternative(message=message, finish="stop")))
journal.close()
print("ended", flush=True)
"""


class OtherProgram:
    """It has begun to answer a new turn when this returns."""

    def __init__(self, root: Path, session_id: str, turn_id: str = "theirs") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(root), session_id, turn_id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._wait_for("begun")

    def say(self, text: str) -> None:
        """A piece of its answer; it is in its journal when this returns. ASCII without quotes."""
        self._tell(f'"{text}"')
        self._wait_for("said")

    def end(self) -> None:
        """The answer ends, and is saved when this returns."""
        self._tell("null")
        self._wait_for("ended")
        self.close()

    def kill(self) -> None:
        """As a crash would."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Whatever it does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _wait_for(self, word: str) -> None:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said == word, f"the other program said {said!r}"
