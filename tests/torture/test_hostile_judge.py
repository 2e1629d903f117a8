"""The judge of a terminal's bytes: every rule of it fails on an offence that is planted."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hostile import BEFORE, CASES, FILE_NAMES, LARGE, MARK, Case
from hostile_judge import offences

PLAIN = b"\x1b[1mplain words\x1b[0m\r\n"
HARMLESS = {
    # Only letters that a terminal shows: hurtful to parsers and eyes, not to terminals.
    "family pictures", "half a flag", "wide letters", "no characters", "private letters",
    "line and paragraph", "letters that look alike", "blank braille", "blank hangul",
    "blanks of all widths", "music and shorthand", "thousands of tabs", "thousands of line ends",
    "halves of UTF-16",
}  # fmt: skip


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (b"\x1b]52;c;SU5UUlVERVI=\x07", "the intruder stands in a control string"),
        (b"\x1b]0;INTRUDER\x1b\\", "the intruder stands in a control string"),
        (b"\x1bPINTRUDER\x1b\\", "the intruder stands in a control string"),
        (b"\x1b]0;and no end", "a control string is left open"),
        (b"\x1b_Ga=T", "a control string is left open"),
        (b"\x1b[2J", "not in the benign run: CSI 2J"),
        (b"\x1b[?1049l", "not in the benign run: CSI ?1049l"),
        (b"\x1b[8mx", "not in the benign run: CSI m conceals"),
        (b"\x1bc", "not in the benign run: ESC c"),
        (b"end\x1b", "not in the benign run: ESC alone"),
        (b"\x07", "not in the benign run: C0 07"),
        (b"\x05", "not in the benign run: C0 05"),
        ("\x9b2J".encode(), "not in the benign run: C1 9b"),
        (b"\x9b2J", "not in the benign run: bytes that are no UTF-8"),
        (b"rm -rf\rls", "not in the benign run: a line written over"),
        ("\u202e".encode(), "not in the benign run: turns the order round"),
        ("\u2066".encode(), "not in the benign run: turns the order round"),
        ("\u200b".encode(), "not in the benign run: cannot be seen"),
        ("\U000e0041".encode(), "not in the benign run: tags or hidden bytes"),
        (("Z" + "\u0301" * 50).encode(), "not in the benign run: a flood of marks"),
        (b"Traceback (most recent call last)", "a traceback"),
    ],
)
def test_the_judge_sees_what_is_planted(planted: bytes, said: str) -> None:
    assert said in offences(PLAIN + planted, PLAIN)


def test_the_judge_has_nothing_against_what_the_benign_run_did() -> None:
    drawn = PLAIN + "\x1b[38;5;8m漢字 é ❤\ufe0f\x1b[0m\x1b[?25h\x1b]0;title\x07".encode()
    assert offences(drawn, drawn) == []
    assert offences(drawn + b"and more words\r\n", drawn) == []


def test_nearly_every_case_would_do_harm_on_a_bare_terminal() -> None:
    """What a naive program lets through is seen, or the cases would be worth nothing."""
    unseen = {case.name for case in CASES if not offences(PLAIN + case.data + b"\r\n", PLAIN)}
    text_only = {name for name in unseen if _is_of_letters(name)}
    assert unseen - HARMLESS - text_only == set()
    assert len(CASES) - len(unseen) >= 110


def test_a_filter_that_takes_one_kind_of_sequence_out_once_is_not_enough() -> None:
    naive = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
    through = [c.name for c in CASES if offences(PLAIN + _encoded(naive.sub("", c.valid)), PLAIN)]
    assert "alive when cleaned once" in through
    assert len(through) > 60


def test_there_are_as_many_cases_as_there_should_be_and_each_has_its_name() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({case.text for case in CASES}) == len(CASES)
    assert len(set(FILE_NAMES)) >= 28
    assert {case.name for case in CASES} >= LARGE
    assert MARK not in BEFORE


def _is_of_letters(name: str) -> bool:
    (case,) = (case for case in CASES if case.name == name)
    return _only_letters(case)


def _only_letters(case: Case) -> bool:
    return all(unicodedata.category(char)[0] in "LNPSZ" or char == "\n" for char in case.valid)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
