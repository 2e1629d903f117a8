"""The installed program in a real terminal against a server on loopback, from the first key to the last."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from terminal import Terminal


@pytest.fixture
def server() -> Iterator[ChatServer]:
    served = ChatServer()
    yield served
    served.close()


@pytest.fixture
def start(tmp_path: Path, server: ChatServer) -> Iterator[Callable[..., Terminal]]:
    """Start the installed command on a library below `tmp_path`."""
    program = Path(sys.executable).with_name("tui-sessions")
    assert program.exists(), "the tests run in an environment where the program is installed"
    opened: list[Terminal] = []

    def started(*arguments: str, columns: int = 120, rows: int = 40) -> Terminal:
        environ = {
            **os.environ,
            "TUI_SESSIONS_CHAT_MODEL": "openai/served-model",
            "TUI_SESSIONS_PROVIDERS_OPENAI_BASE_URL": server.url,
            "TUI_SESSIONS_EXPORT_DIR": str(tmp_path / "exports"),
            "EDITOR": "true",
        }
        terminal = Terminal(
            [str(program), "--dir", str(tmp_path / "library"), *arguments], environ, columns, rows
        )
        opened.append(terminal)
        return terminal

    yield started
    for terminal in opened:
        terminal.kill()


def sessions(tmp_path: Path) -> list[dict]:
    found = [json.loads(path.read_text()) for path in (tmp_path / "library").glob("*.json")]
    return sorted(found, key=lambda session: session["created_at"])


def test_a_first_day_from_start_to_quit(start, server, tmp_path):
    terminal = start()
    terminal.see("New session")
    server.gate.clear()
    terminal.type("What are you?")
    terminal.press("enter")
    terminal.see("Hello")
    assert "from the" not in terminal.text()
    server.gate.set()
    terminal.see("Hello from the server")
    terminal.see("18|7 tok")

    terminal.press("ctrl+b")
    terminal.see("Branch here")
    terminal.press("enter")
    terminal.see("Branched after turn 1")

    terminal.press("ctrl+e")
    terminal.see("Markdown")
    terminal.press("enter")
    terminal.see("Exported to")

    terminal.type(":delete")
    terminal.press("enter")
    terminal.see("into the trash")
    terminal.press("enter")
    terminal.see("in the trash")
    assert len(sessions(tmp_path)) == 1
    terminal.type(":undo")
    terminal.press("enter")
    terminal.see("Taken back")
    terminal.press("ctrl+q")
    assert terminal.wait() == 0

    parent, branch = sessions(tmp_path)
    assert [message["content"] for message in parent["turns"][0]["messages"]] == [
        "What are you?",
        "Hello from the server.",
    ]
    assert parent["turns"][0]["usage"]["completion_tokens"] == 7
    assert branch["parent"] == {"id": parent["id"], "turn": 1}
    assert branch["turns"][0]["inherited"] is True
    exported = list((tmp_path / "exports").glob("*.md"))
    assert len(exported) == 1
    assert "Hello from the server." in exported[0].read_text()


def test_kill_9_in_mid_answer_loses_neither_prompt_nor_what_came(start, server, tmp_path):
    server.gate.clear()
    terminal = start()
    terminal.see("New session")
    terminal.type("Remember me")
    terminal.press("enter")
    terminal.see("Hello")
    journal = tmp_path / "library" / ".tui-sessions" / "journal"
    while "Hello" not in "".join(path.read_text() for path in journal.iterdir()):
        terminal.read()
    terminal.kill()
    again = start("open", "-r")
    again.see("Remember me")
    again.see("Hello")
    again.press("ctrl+q")
    again.wait()
    (session,) = sessions(tmp_path)
    assert session["turns"][0]["finish"] == "interrupted"
    assert session["turns"][0]["messages"][1]["content"] == "Hello "


HOSTILE = "a\x1b]52;c;aGFja2Vk\x07b\x1b[2Jc\x9b31md\u202ee[/nope][@click=app.exit]f\x1b]0;title\x07"


def test_hostile_text_sends_no_escape_sequence_to_the_terminal(start, server, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    hostile = {
        "title": HOSTILE,
        "model": HOSTILE,
        "system": HOSTILE,
        "turns": [
            {
                "messages": [
                    {"role": "user", "content": HOSTILE},
                    {"role": "assistant", "content": HOSTILE},
                ]
            }
        ],
        "meta": {"tags": [HOSTILE], "project": HOSTILE, "notes": HOSTILE, "odd": HOSTILE},
    }
    (library / "hostile.json").write_text(json.dumps(hostile))
    (library / "bro\x1b[31mken[x].json").write_text("no json")
    server.pieces = [HOSTILE, f"```\n{HOSTILE}\n```\n", f"[{HOSTILE}](http://x/{HOSTILE})"]
    terminal = start("hostile", columns=160)
    terminal.see("nope")
    terminal.type("hi")
    terminal.press("enter")
    terminal.see(r"served-model|nope")
    for key in (
        "f6",
        "down",
        "down",
        "f7",
        "ctrl+r",
        "escape",
        "ctrl+t",
        "escape",
        "ctrl+b",
        "escape",
    ):
        terminal.press(key)
    terminal.press("ctrl+q")
    terminal.wait()
    for smuggled in (
        b"\x1b]52;c;aGFja2Vk",
        b"\x1b]0;title",
        b"\x1b[2Jc",
        b"\x9b31m",
        "\u202e".encode(),
    ):
        assert smuggled not in terminal.raw


def test_a_window_of_20_by_6_starts_and_ends(start):
    terminal = start(columns=20, rows=6)
    terminal.see(r"\S")
    terminal.press("ctrl+q")
    assert terminal.wait() == 0


def test_the_command_is_found_where_it_was_installed():
    assert shutil.which("tui-sessions", path=str(Path(sys.executable).parent))
