"""What the README says about keys, commands and folders is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from textual.binding import Binding

from tui_sessions.cli.table import COMMANDS
from tui_sessions.tui.actions import ACTIONS
from tui_sessions.tui.app import SessionsApp
from tui_sessions.tui.keys import OWNERS
from tui_sessions.tui.widgets.prompt_area import PromptArea

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_key_in_the_table_is_bound_as_it_says():
    bound = {
        (binding.id, key)
        for owner in (SessionsApp, PromptArea, *OWNERS)
        for binding in Binding.make_bindings(owner.BINDINGS)
        for key in binding.key.split(",")
    }
    rows = re.findall(r"^\| (\S+) \| .* \| `([\w.]+)` \|$", section("Keys"), re.MULTILINE)
    assert len(rows) > 15
    assert [row for row in rows if (row[1], row[0]) not in bound] == []


def test_every_colon_command_is_named():
    named = set(re.findall(r"`:([a-z-]+)`", section("Keys")))
    assert {action.name for action in ACTIONS} == named & {action.name for action in ACTIONS}
    assert named <= {action.name for action in ACTIONS}


def test_every_command_is_in_the_table():
    rows = "\n".join(line for line in section("Commands").splitlines() if line.startswith("| `"))
    for entry in COMMANDS:
        assert re.search(rf"[`\[]{entry.name}[`\]]", rows), entry.name


def test_every_folder_of_the_code_is_told_about():
    layout = section("How the code is laid out")
    for folder in (ROOT / "tui_sessions").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"  {folder.name}/" in layout, folder.name


def test_files_that_are_linked_are_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target
