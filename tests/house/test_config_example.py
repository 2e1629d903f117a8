"""`config.example.toml` tells the truth: every key, the right default, a word on each."""

from __future__ import annotations

import json
import re
import tomllib

from tui_sessions.config.catalog import known_keys, table_names
from tui_sessions.config.load import as_document, example_text
from tui_sessions.config.paths import shipped
from tui_sessions.config.schema import Config

LONGEST_LINE = 120


def test_the_example_holds_every_key_with_its_default() -> None:
    document = tomllib.loads(example_text())
    default = as_document(Config())
    assert json.loads(json.dumps(document)) == json.loads(json.dumps(default))


def test_the_example_stands_in_the_order_of_the_schema() -> None:
    tables = re.findall(r"^\[(.+)\]$", example_text(), re.MULTILINE)
    assert tables == [name for name in table_names() if name in tables]
    table, found = "", []
    for line in example_text().splitlines():
        if line.startswith("["):
            table = line.strip("[]") + "."
        elif re.match(r"[a-z_]+ = ", line):
            found.append(table + line.split(" ")[0])
    assert found == list(known_keys())


def test_every_table_explains_its_first_key() -> None:
    lines = example_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("["):
            assert lines[number + 1].startswith("# "), f"{line} begins without a word"


def test_lines_fit_a_terminal() -> None:
    assert [line for line in example_text().splitlines() if len(line) > LONGEST_LINE] == []


def test_the_themes_it_names_are_ours() -> None:
    named = re.search(r"# (.+), or one of your own in themes/", example_text())
    assert named is not None
    assert set(named[1].split(", ")) == {path.stem for path in shipped("themes").glob("*.toml")}
