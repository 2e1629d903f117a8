"""The history of the prompt."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_sessions.config.prompts import KEPT, LONGEST, PromptFile


@pytest.fixture
def prompts(tmp_path: Path) -> PromptFile:
    return PromptFile(tmp_path / "new" / "prompts.jsonl")


def test_prompts_come_back_oldest_first(prompts: PromptFile) -> None:
    assert prompts.load() == ()
    assert prompts.add("one\nline and\u2028another")
    assert prompts.add("two")
    assert prompts.load() == ("one\nline and\u2028another", "two")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=50).filter(str.strip), max_size=5))
def test_any_prompts_come_back(prompts: PromptFile, texts: list[str]) -> None:
    prompts.path.unlink(missing_ok=True)
    for text in texts:
        assert prompts.add(text)
    assert prompts.load() == tuple(texts)


def test_the_last_five_hundred_are_kept_and_the_file_is_cut(prompts: PromptFile) -> None:
    for n in range(2 * KEPT + 1):
        prompts.add(f"prompt {n}")
    kept = prompts.load()
    assert (len(kept), kept[0], kept[-1]) == (KEPT, "prompt 501", "prompt 1000")
    assert prompts.path.read_bytes().count(b"\n") == KEPT
    assert prompts.load() == kept


def test_lines_that_are_no_prompt_are_passed_over(prompts: PromptFile) -> None:
    prompts.add("good")
    with prompts.path.open("ab") as file:
        file.write(b'\xff\n{"a": 1}\n\n"cut off')
    assert prompts.load() == ("good",)


def test_the_file_is_private(prompts: PromptFile) -> None:
    prompts.add("secret plans")
    assert stat.S_IMODE(prompts.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "  \n", "x" * (LONGEST + 1)])
def test_empty_and_very_long_prompts_are_not_remembered(prompts: PromptFile, text: str) -> None:
    assert not prompts.add(text)
    assert prompts.load() == ()


def test_half_of_a_character_is_remembered_as_a_question_mark(prompts: PromptFile) -> None:
    assert prompts.add("bad \udce9")
    assert prompts.load() == ("bad ?",)


def test_a_disk_that_refuses_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not PromptFile(tmp_path / "file" / "prompts.jsonl").add("text")
