"""Personas from their file, and the sentence for every slip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tui_sessions.config.personas import Persona, PersonaFile
from tui_sessions.errors import ConfigError, NotFoundError
from tui_sessions.model.session import Params, Session


@pytest.fixture
def file(tmp_path: Path) -> PersonaFile:
    return PersonaFile(tmp_path / "personas.toml")


def test_no_file_is_no_persona(file: PersonaFile) -> None:
    assert file.all() == ()
    with pytest.raises(
        NotFoundError, match=r"There is no persona 'x'. They are written in .*personas\.toml"
    ):
        file.get("x")


def test_a_persona_has_what_its_table_says_and_nothing_else(file: PersonaFile) -> None:
    file.path.write_text(
        '\ufeff[poet]\nmodel = "openai/x"\nsystem = "Rhyme."\ntemperature = 1\nmax_tokens = 50\n'
        "context_window = 2\n[poet.params]\ntop_p = 0.5\n[plain]\n",
        "utf-8",
    )
    poet, plain = file.all()
    assert poet == Persona(
        name="poet",
        model="openai/x",
        system="Rhyme.",
        params=Params(temperature=1.0, max_tokens=50, context_window=2, extra={"top_p": 0.5}),
    )
    assert plain == Persona(name="plain") == file.get("plain")


def test_what_is_written_counts_at_once(file: PersonaFile) -> None:
    file.path.write_text("[a]\n")
    assert [persona.name for persona in file.all()] == ["a"]
    file.path.write_text("[a]\n[bb]\n")
    assert [persona.name for persona in file.all()] == ["a", "bb"]
    file.path.unlink()
    assert file.all() == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[poet]\nsistem = 'x'",
            r"personas\.toml, line 2: poet\.sistem is no key of a persona; did you mean system\?",
        ),
        ("[poet]\nzzz = 'x'", r"poet\.zzz is no key of a persona; there are model, system, "),
        ("[poet]\ntemperature = 'hot'", r"poet\.temperature must be a number of at least 0"),
        ("[poet]\nmax_tokens = 1.5", r"poet\.max_tokens must be a whole number"),
        ("[poet]\nmodel = 3", r"poet\.model must be text\."),
        ("[poet]\nparams = 3", r"poet\.params must be a table\."),
        ("model = 'x'", r"personas\.toml, line 1: model belongs to no persona; write \[name\]"),
        ("[poet", r"personas\.toml: is not valid TOML"),
        (f"x = {'9' * 5000}", r"personas\.toml: is not valid TOML"),
    ],
)
def test_a_slip_names_the_file_and_the_key(file: PersonaFile, text: str, sentence: str) -> None:
    file.path.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        file.all()
    with pytest.raises(ConfigError, match=sentence):
        file.get("poet")


def test_an_unknown_name_gets_the_nearest(file: PersonaFile) -> None:
    file.path.write_text("[poet]\n[critic]\n")
    with pytest.raises(NotFoundError, match=r"'poett'. Did you mean poet\?"):
        file.get("poett")
    with pytest.raises(NotFoundError, match=r"'zzzz'. There are poet, critic\."):
        file.get("zzzz")


def test_a_file_that_cannot_be_read_is_told(file: PersonaFile) -> None:
    file.path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        file.all()


def test_it_speaks_over_what_the_session_has_and_keeps_the_rest() -> None:
    session = Session(
        id="s", system="Be brief.", params=Params(temperature=0.1, max_tokens=9, extra={"seed": 1})
    )
    persona = Persona(name="p", params=Params(temperature=0.0, extra={"top_p": 1}))
    heard = persona.speaks_in(session)
    assert heard.system == "Be brief."
    assert heard.params == Params(temperature=0.0, max_tokens=9, extra={"seed": 1, "top_p": 1})
    assert Persona(name="p", system="Rhyme.").speaks_in(session).system == "Rhyme."


def test_of_many_edits_at_once_none_is_lost(file: PersonaFile) -> None:
    names = [f"p{number}" for number in range(12)]

    def keep(name: str) -> None:
        PersonaFile(file.path).save(Persona(name=name, system=f"You are {name}."))

    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(keep, names))
    assert sorted(persona.name for persona in file.all()) == sorted(names)
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["personas.toml"]
