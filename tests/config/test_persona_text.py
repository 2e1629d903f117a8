"""Personas written into their file: what is about others, and every comment, stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.config.persona_text import (
    table_text,
    with_persona,
    with_table_renamed,
    with_table_text,
    without_persona,
)
from tui_sessions.config.personas import Persona, PersonaFile
from tui_sessions.errors import ConfigError, NotFoundError, UsageError
from tui_sessions.model.session import Params

FILE = """\
# My personas.

# Rhymes.
[poet]  # the old one
model = "openai/x"  # cheap
system = \"\"\"
Rhyme.
Always.\"\"\"
temperature = 1

[poet.params]
# how likely
top_p = 0.5

# Finds fault.
[critic]
system = "Be hard."
params.seed = 3
"""


@pytest.fixture
def personas(tmp_path: Path) -> PersonaFile:
    file = PersonaFile(tmp_path / "config" / "personas.toml")
    file.path.parent.mkdir()
    file.path.write_text(FILE)
    return file


def test_a_changed_key_is_changed_in_its_place(personas: PersonaFile) -> None:
    poet = personas.get("poet")
    personas.save(
        Persona(name="poet", model="demo/fast", system=poet.system, params=poet.params),
        former="poet",
    )
    assert personas.path.read_text() == FILE.replace('"openai/x"', '"demo/fast"')


def test_keys_come_and_go_and_comments_stay(personas: PersonaFile) -> None:
    changed = Persona(
        name="poet",
        model="openai/x",
        system="Short.",
        params=Params(max_tokens=9, extra={"reasoning_effort": "low", "top_p": 0.5, "seed": 1}),
    )
    personas.save(changed, former="poet")
    assert personas.get("poet") == changed
    text = personas.path.read_text()
    assert 'effort = "low"' in text
    for kept in ("# My personas.", "# Rhymes.", "# the old one", "# cheap", "# how likely"):
        assert kept in text
    assert text[text.index("# Finds fault.") :] == FILE[FILE.index("# Finds fault.") :]


def test_a_new_one_stands_at_the_end(personas: PersonaFile) -> None:
    new = Persona(name="naïve", system='a\n"""b\\', params=Params(extra={"stop": ["x"], "a.b": 1}))
    personas.save(new)
    assert personas.get("naïve") == new
    assert personas.path.read_text().startswith(FILE)


def test_the_first_one_makes_the_file_private(tmp_path: Path) -> None:
    personas = PersonaFile(tmp_path / "new" / "personas.toml")
    personas.save(Persona(name="poet", model="demo/demo"))
    assert personas.path.stat().st_mode & 0o777 == 0o600
    assert personas.get("poet").model == "demo/demo"


def test_one_is_renamed_with_all_that_belongs_to_it(personas: PersonaFile) -> None:
    poet = personas.get("poet")
    personas.save(
        Persona(name="bard", model=poet.model, system=poet.system, params=poet.params),
        former="poet",
    )
    assert personas.path.read_text() == FILE.replace("[poet", "[bard")


def test_one_is_taken_out_with_the_comment_above_it(personas: PersonaFile) -> None:
    personas.delete("poet")
    assert personas.path.read_text() == "# My personas.\n\n" + FILE[FILE.index("# Finds fault.") :]
    personas.delete("critic")
    assert personas.path.read_text() == "# My personas.\n"
    with pytest.raises(NotFoundError):
        personas.delete("critic")


def test_a_name_that_is_taken_or_cannot_be_typed_is_refused(personas: PersonaFile) -> None:
    with pytest.raises(UsageError, match="There is a persona Critic already"):
        personas.save(Persona(name="Critic"))
    for name in ("", "two words", "a\nb", "off", "x" * 41, "@x"):
        with pytest.raises(UsageError, match="cannot be a persona's name"):
            personas.save(Persona(name=name))
    with pytest.raises(NotFoundError):
        personas.save(Persona(name="new"), former="gone")
    assert personas.path.read_text() == FILE


def test_a_file_with_a_slip_is_not_written(personas: PersonaFile) -> None:
    spoilt = FILE + "sistem = 1\n"
    personas.path.write_text(spoilt)
    with pytest.raises(ConfigError, match=r"line 19: critic\.sistem is no key"):
        personas.save(Persona(name="new"))
    assert personas.path.read_text() == spoilt


def test_tables_written_in_braces_are_changed_too() -> None:
    text = 'poet = { model = "a", params = { top_p = 1 } }\n[critic]\n'
    after = with_persona(text, "poet", {"model": "b", "params": {"top_p": 1, "seed": 2}})
    assert tomllib.loads(after)["poet"] == {"model": "b", "params": {"top_p": 1, "seed": 2}}
    assert tomllib.loads(without_persona(after, "poet")) == {"critic": {}}


def test_what_cannot_be_changed_safely_is_left_to_its_owner() -> None:
    with pytest.raises(ConfigError, match="edit the file"):
        with_table_renamed('poet = { model = "a" }\n', "poet", "bard")


def test_one_table_can_be_edited_alone() -> None:
    part = table_text(FILE, "poet")
    assert part.startswith("# Rhymes.\n[poet]")
    assert part.endswith("top_p = 0.5\n")
    after = with_table_text(FILE, "poet", part.replace("0.5", "0.6"))
    assert after == FILE.replace("0.5", "0.6")
    assert table_text("poet = {}\n", "poet") == ""


SCALAR = (
    st.booleans()
    | st.integers(-100, 100)
    | st.text(max_size=6)
    | st.lists(st.text(max_size=3), max_size=2)
)
TABLE = st.fixed_dictionaries(
    {},
    optional={
        "model": st.text("ab/", min_size=1, max_size=4),
        "system": st.text(min_size=1, max_size=12),
        "temperature": st.floats(0, 2),
        "max_tokens": st.integers(1, 99),
        "params": st.dictionaries(
            st.text('ab_ é\n"', min_size=1, max_size=4), SCALAR, min_size=1, max_size=3
        ),
    },
)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c-d", "é"]), TABLE | st.none()), max_size=6))
def test_any_row_of_changes_gives_what_was_wanted(changes: list[tuple[str, Any]]) -> None:
    text, wanted = "# top\n", {}
    for name, table in changes:
        if table is None:
            wanted.pop(name, None)
            text = without_persona(text, name)
        else:
            wanted[name] = table
            text = with_persona(text, name, table)
        assert text.startswith("# top\n")
    assert tomllib.loads(text) == wanted
