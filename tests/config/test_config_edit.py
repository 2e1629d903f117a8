"""One key of a configuration file is set or removed, and everything else in it stays as it was."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.config.catalog import (
    FREE_TABLES,
    endpoint_keys,
    key_named,
    known_keys,
    split_name,
)
from tui_sessions.config.edit import read_config, with_value, without_value, write_config
from tui_sessions.config.entries import text_entries
from tui_sessions.config.load import example_text
from tui_sessions.errors import ConfigError, StoreError

OWN = """\
# Mine, since 2019.

[chat]
# Who answers.
model = "demo/demo"  # for talks

[screen]
# theme = "night"
# mouse = false

# Keys that my fingers know.
[keys]
"session.new" = "ctrl+n,f3"
"""


def values(text: str) -> dict[str, str]:
    entries = text_entries(text, "x")
    return {entry.name: repr(entry.value) for entry in entries if not entry.is_bare}


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


# by hand


def test_a_value_is_replaced_where_it_stands_and_the_comment_behind_it_stays() -> None:
    changed = with_value(OWN, "chat.model", 'a"b\\c\n')
    assert 'model = "a\\"b\\\\c\\n"  # for talks\n' in changed
    assert changed.replace('"a\\"b\\\\c\\n"', '"demo/demo"') == OWN


def test_a_key_goes_below_its_commented_out_line() -> None:
    changed = with_value(OWN, "screen.theme", "paper")
    assert changed == OWN.replace('"night"\n', '"night"\ntheme = "paper"\n')


def test_a_key_without_such_a_line_goes_to_the_end_of_its_table() -> None:
    changed = with_value(OWN, "screen.enter_sends", False)
    assert "# mouse = false\nenter_sends = false\n\n# Keys that" in changed


def test_keys_stand_in_the_order_of_the_schema() -> None:
    text = with_value("[network]\nretries = 1\n", "network.idle_timeout_s", 3.0)
    text = with_value(text, "network.max_error_bytes", 5)
    assert text == "[network]\nidle_timeout_s = 3.0\nretries = 1\nmax_error_bytes = 5\n"


def test_a_table_that_is_missing_comes_where_the_schema_has_it() -> None:
    changed = with_value(OWN, "network.retries", 1)
    assert "# for talks\n\n[network]\nretries = 1\n\n[screen]\n" in changed


def test_a_table_comes_first_where_nothing_is_before_it() -> None:
    assert with_value(OWN, "library.dir", "x").startswith(
        '# Mine, since 2019.\n\n[library]\ndir = "x"\n\n[chat]\n'
    )


def test_a_key_without_a_table_goes_before_all_tables() -> None:
    assert with_value(OWN, "debug", True).startswith(
        "# Mine, since 2019.\n\ndebug = true\n\n[chat]\n"
    )
    assert with_value("[chat]\n", "debug", True) == "debug = true\n\n[chat]\n"


def test_a_file_begins_with_what_was_set() -> None:
    text = with_value("", "screen.theme", "paper")
    assert text == '[screen]\ntheme = "paper"\n'
    assert with_value(text, "keys.session.new", "f3") == text + '\n[keys]\n"session.new" = "f3"\n'


def test_a_last_line_without_an_end_is_ended_first() -> None:
    assert with_value("[screen]\nmouse = true", "screen.theme", "x") == (
        '[screen]\ntheme = "x"\nmouse = true'
    )
    assert with_value("[chat]", "screen.theme", "x") == '[chat]\n\n[screen]\ntheme = "x"\n'


def test_line_ends_of_windows_stay() -> None:
    changed = with_value(OWN.replace("\n", "\r\n"), "screen.theme", "paper")
    assert changed.count("\r\n") == changed.count("\n") == OWN.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("screen.mouse = true\n", "screen.theme", 'screen.mouse = true\nscreen.theme = "v"\n'),
        ("screen = {mouse = true}\n", "screen.theme", 'screen = { mouse = true, theme = "v" }\n'),
        ("screen = {}\n", "screen.theme", 'screen = { theme = "v" }\n'),
        ("screen = { theme = 'a' } # mine\n", "screen.theme", 'screen = { theme = "v" } # mine\n'),
        (
            "providers = {openai = {max_tokens = 3}}\n",
            "providers.openai.base_url",
            'providers = {openai = { max_tokens = 3, base_url = "v" }}\n',
        ),
        (
            "[providers]\nopenai.max_tokens = 3\n",
            "providers.openai.base_url",
            '[providers]\nopenai.max_tokens = 3\nopenai.base_url = "v"\n',
        ),
        ("[keys]\nsession.new = 'f3'\n", "keys.session.new", '[keys]\nsession.new = "v"\n'),
        ("[keys.session]\nnew = 'f3'\n", "keys.session.new", '[keys.session]\nnew = "v"\n'),
        (
            '[chat]\nsystem = """\n[screen]\ntheme = "a"\n"""""\n',
            "screen.theme",
            '[chat]\nsystem = """\n[screen]\ntheme = "a"\n"""""\n\n[screen]\ntheme = "v"\n',
        ),
        ("[ screen . \"x\" ]\n", "screen.theme", '[screen]\ntheme = "v"\n\n[ screen . "x" ]\n'),
    ],
)  # fmt: skip
def test_other_ways_to_write_toml_are_kept(text: str, key: str, expected: str) -> None:
    assert with_value(text, key, "v") == expected


def test_a_value_is_removed_with_its_line_and_its_comment_stays() -> None:
    changed = without_value(OWN, "chat.model")
    assert "# Who answers.\n# for talks\n" in changed
    assert values(changed) == {"keys.session.new": "'ctrl+n,f3'"}
    assert without_value("[screen]\ntheme = 'x'\nmouse = true\n", "screen.theme") == (
        "[screen]\nmouse = true\n"
    )
    assert without_value("screen = {theme = 'x', mouse = true}\n", "screen.theme") == (
        "screen = {mouse = true}\n"
    )
    assert without_value("screen = {mouse = true, theme = 'x'}", "screen.theme") == (
        "screen = {mouse = true}"
    )


def test_a_key_that_is_not_set_is_not_missed() -> None:
    assert without_value(OWN, "screen.theme") == OWN


@pytest.mark.parametrize("text", ["[[screen]]\nmouse = true\n", "screen = 3\n", "[screen\n"])
def test_what_cannot_be_changed_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        with_value(text, "screen.theme", "x")


def test_every_key_of_the_example_can_be_set_and_taken_back() -> None:
    text = example_text()
    for key in known_keys().values():
        changed = with_value(text, key.name, key.default)
        assert changed == text
        gone = without_value(text, key.name)
        assert comments(gone) == comments(text)
        assert with_value(gone, key.name, key.default) is not None


# any file, any key

NAMES = [
    *known_keys(),
    "keys.session.new",
    "keys.pane.tree",
    "budgets.month",
    "budgets.tag:a.b/day",
    *endpoint_keys("groq"),
    "providers.my-own.models",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def value_of(name: str) -> st.SearchStrategy[Any]:
    key = key_named(name)
    assert key is not None
    return {
        bool: st.booleans(),
        int: st.integers(0, 2**31),
        float: st.floats(0.001, 1e9),
        str: TEXTS,
        tuple: st.lists(TEXTS, max_size=3),
    }[key.plain_type]


def toml(value: object) -> st.SearchStrategy[str]:
    import tomli_w

    plain = tomli_w.dumps({"v": value})[4:-1]
    ways = [plain]
    if isinstance(value, str):
        fits = value.isprintable() or not value
        ways += [f"'{value}'"] if fits and "'" not in value else []
        ways += [f"'''\n{value}'''"] if fits and "'" not in value else []
        ways += [f'"""\\\n  {plain[1:-1]}"""']
    return st.sampled_from(ways)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Files of the right keys, in every way of writing tables, with comments in between."""
    tables: dict[str, list[str]] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=8)):
        table, last = split_name(name)
        tables.setdefault(table, []).append(last)
    top, below = [], []
    end = draw(st.sampled_from(["\n", "\r\n"]))
    for table in draw(st.permutations(list(tables))):
        rows = []
        for last in tables[table]:
            name = f"{table}.{last}" if table else last
            written = draw(toml(draw(value_of(name))))
            quoted = f'"{last}"' if table in FREE_TABLES or draw(st.booleans()) else last
            rows.append((quoted, written))
        way = draw(st.sampled_from(["header", "header", "dotted", "braces"]))
        remark = draw(st.sampled_from(["", "# a remark", f"# {rows[0][0]} = 1", "   # more = {"]))
        tail = draw(st.sampled_from(["", " # [x] = 'y'"]))
        if not table or way == "dotted":
            dot = f"{table}." if table else ""
            top += [remark, *(f"{dot}{k} = {v}{tail}" for k, v in rows)]
        elif way == "braces":
            inside = ", ".join(f"{k} = {v}" for k, v in rows)
            top.append(f"{table} = {{{inside}}}{tail}")
        else:
            below += [remark, f"[{table}]{tail}", *(f"  {k}={v}{tail}" for k, v in rows)]
    return end.join([*top, *below]) + draw(st.sampled_from(["", end]))


@given(documents(), st.sampled_from(NAMES).flatmap(lambda n: st.tuples(st.just(n), value_of(n))))
def test_only_that_key_differs_and_no_comment_is_lost(
    text: str, change: tuple[str, object]
) -> None:
    name, value = change
    before = values(text)
    changed = with_value(text, name, value)
    tomllib.loads(changed)
    assert values(changed) == before | {name: repr(value)}
    assert with_value(changed, name, value) == changed
    gone = without_value(changed, name)
    before.pop(name, None)
    assert values(gone) == before
    marks = [mark for mark in ("# a remark", "   # more = {") if mark in text]
    assert all(mark in changed and mark in gone for mark in marks)


def test_a_server_of_ones_own_comes_behind_the_fixed_ones() -> None:
    text = with_value(OWN, "providers.demo.words_per_s", 1.0)
    text = with_value(text, "providers.cellar.base_url", "http://c")
    text = with_value(text, "providers.groq.models", ("a", 'b"'))
    text = with_value(text, "budgets.tag:a.b/day", "2")
    tables = [line for line in text.splitlines() if line.startswith("[")]
    expected = (
        "[chat] [providers.demo] [providers.cellar] [providers.groq] [budgets] [screen] [keys]"
    )
    assert " ".join(tables) == expected
    assert 'models = ["a", "b\\""]\n' in text
    assert '"tag:a.b/day" = "2"\n' in text


# on disk


def test_the_file_is_private_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    assert read_config(path) == ""
    write_config(path, OWN)
    assert read_config(path) == OWN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_would_not_load_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(OWN)
    with pytest.raises(ConfigError, match=r"config\.toml: network\.retries must be a whole number"):
        write_config(path, "[network]\nretries = 'often'\n")
    assert path.read_text() == OWN


def test_a_disk_that_refuses_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file" / "config.toml"
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"config\.toml could not be written: .+\."):
        write_config(path, OWN)


@pytest.mark.skipif(os.name == "nt", reason="no links")
def test_a_linked_dotfile_is_written_not_replaced(tmp_path: Path) -> None:
    real, path = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("")
    path.symlink_to(real)
    write_config(path, OWN)
    assert path.is_symlink()
    assert real.read_text() == OWN
