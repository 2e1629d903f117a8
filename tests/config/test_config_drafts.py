"""What was typed and not sent."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_sessions.config.drafts import KEPT, LONGEST, Draft, DraftFile
from tui_sessions.model.message import Part


@pytest.fixture
def drafts(tmp_path: Path) -> DraftFile:
    return DraftFile(tmp_path / "new" / "drafts.json")


def test_a_draft_is_there_again_for_its_session_and_forgotten_when_empty(drafts: DraftFile) -> None:
    assert drafts.load() == {}
    assert drafts.keep("a", Draft("half a thought"))
    assert drafts.keep("", Draft("for a new session"))
    assert DraftFile(drafts.path).load() == {
        "a": Draft("half a thought"),
        "": Draft("for a new session"),
    }
    assert drafts.keep("a", Draft())
    assert drafts.load() == {"": Draft("for a new session")}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(min_size=1, max_size=200))
def test_any_draft_comes_back(drafts: DraftFile, text: str) -> None:
    assert drafts.keep("a", Draft(text))
    assert drafts.load() == {"a": Draft(text)}


def test_the_oldest_are_forgotten(drafts: DraftFile) -> None:
    for n in range(KEPT + 3):
        drafts.keep(f"s{n}", Draft("text"))
    assert list(drafts.load()) == [f"s{n}" for n in range(3, KEPT + 3)]


def test_too_long_a_text_is_refused(drafts: DraftFile) -> None:
    assert not drafts.keep("a", Draft("x" * (LONGEST + 1)))
    assert drafts.load() == {}


def test_the_file_of_drafts_is_private(drafts: DraftFile) -> None:
    drafts.keep("a", Draft("secret plans"))
    assert stat.S_IMODE(drafts.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"a": 1}', b"\xff", b'{"a": "\xff"}'])
def test_a_broken_file_is_no_drafts_and_is_replaced(drafts: DraftFile, content: bytes) -> None:
    drafts.path.parent.mkdir()
    drafts.path.write_bytes(content)
    assert drafts.load() == {}
    assert drafts.keep("a", Draft("new"))
    assert drafts.load() == {"a": Draft("new")}


def test_what_the_disk_refuses_is_kept_in_this_process(drafts: DraftFile) -> None:
    drafts.path.mkdir(parents=True)
    assert not drafts.keep("a", Draft("text"))
    assert drafts.load() == {"a": Draft("text")}


def test_attachments_come_back_with_the_text(drafts: DraftFile) -> None:
    part = Part(kind="file", extra={"name": "plan.pdf", "size": 12, "sha256": "ab", "mime": "x/y"})
    for draft in (Draft("look", (part,)), Draft("", (part,))):
        assert drafts.keep("a", draft)
        assert DraftFile(drafts.path).load() == {"a": draft}


def test_a_file_of_an_earlier_version_is_read(drafts: DraftFile) -> None:
    drafts.path.parent.mkdir()
    drafts.path.write_text('{"a": "from before"}')
    assert drafts.load() == {"a": Draft("from before")}


def test_an_attachment_that_cannot_be_written_does_not_take_the_text_along(tmp_path: Path) -> None:
    odd = Part(kind="file", extra={"name": "\udcff.txt", "size": 2**70})
    photo = Part(kind="image", extra={"name": "photo.png"})
    drafts = DraftFile(tmp_path / "drafts.json")
    assert drafts.keep("a", Draft("text", (odd, photo)))
    assert DraftFile(drafts.path).load() == {"a": Draft("text", (photo,))}
