"""Whatever names, titles and texts hold: no listing prints a character that a terminal would obey."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_sessions.cli.main import main

ODD = st.text(
    st.sampled_from(
        "ab \t\n\r\x00\x07\x0b\x1b[31m]0;\x7f\x85\x9b\u2028\u202e\u200f\ufeff\ud800é京\U000e0041,\"'"
    ),
    max_size=12,
)
LISTINGS = (
    ("list", "--all"),
    ("search", "word"),
    ("tags",),
    ("folder",),
    ("trash",),
    ("history",),
    ("list", "is:damaged"),
)
FORMATS = ("table", "json", "jsonl", "csv", "ids", "")
WRITTEN = "\n\t"


def obeyed(text: str) -> list[str]:
    """The characters that a terminal would do something for. CSV keeps the line ends within a cell."""
    text = text.replace("\r\n", "\n")
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in WRITTEN]


@pytest.mark.parametrize("command", LISTINGS, ids=" ".join)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(title=ODD, tag=ODD, text=ODD, model=ODD)
def test_no_listing_prints_what_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str], command, title: str, tag: str, text: str, model: str
) -> None:
    with TemporaryDirectory() as place:
        library = Path(place) / "library"
        (library / "sub\x1b[2Jfolder").mkdir(parents=True)
        (library / "bro\x07ken.json").write_text("{nonsense")
        session = {
            "title": title,
            "model": model,
            "turns": [{"messages": [{"role": "user", "content": f"word {text} word"}]}],
            "meta": {"tags": [tag, "x"], "project": text},
        }
        for name in ("one", "two"):
            (library / f"{name}\x1b]0;.json").write_text(json.dumps({**session, "id": name}))
        main(["--dir", str(library), "delete", "two", "--yes"])
        for format in FORMATS:
            capsys.readouterr()
            code = main(
                ["--dir", str(library), *command, *(["--format", format] if format else [])]
            )
            said = capsys.readouterr()
            assert code == 0, said.err
            assert said.out
            assert obeyed(said.out) == []
            assert obeyed(said.err) == []
