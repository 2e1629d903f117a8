"""Every format names what was attached; none holds its bytes."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tui_sessions.exchange.registry import FORMATS, exporter
from tui_sessions.model.attachment import attachment, with_attachments
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

HASH = "1a2b3c4d5e6f" + "0" * 52
PHOTO = attachment(name="my_photo*.png", mime="image/png", sha256=HASH, size=34_000)
FOREIGN = Part(kind="image_url", extra={"image_url": {"url": "data:image/png;base64,QUJDREVG"}})


@pytest.fixture
def shown() -> Session:
    content = with_attachments("What is it?", (PHOTO,))
    first = Turn(id="1", messages=(Message(role="user", content=content),))
    second = Turn(id="2", messages=(Message(role="user", content=(FOREIGN,)),))
    return Session(id="x", turns=(first, second))


def exported(name: str, session: Session) -> str:
    return exporter(name).export([session]).decode()


def test_markdown_names_an_attachment_on_a_line_of_its_own(shown: Session) -> None:
    text = exported("markdown", shown)
    line = "*Attached: my\\_photo\\*.png, image/png, 34.0 kB, sha256 1a2b3c4d5e6f*"
    assert f"\n\nWhat is it?\n\n{line}\n\n" in text
    assert "\n\n*Attached: a file without a name, image/png*\n\n" in text


def test_text_names_an_attachment_in_brackets(shown: Session) -> None:
    text = exported("text", shown)
    line = "[attached: my_photo*.png, image/png, 34.0 kB, sha256 1a2b3c4d5e6f]"
    assert f"\nWhat is it?\n{line}\n" in text
    assert "\n[attached: a file without a name, image/png]\n" in text


def test_our_json_has_the_parts_as_the_file_has(shown: Session) -> None:
    first, second = json.loads(exported("json", shown))["turns"]
    assert first["messages"][0]["content"] == [
        {"type": "text", "text": "What is it?"},
        {
            "type": "image",
            "name": "my_photo*.png",
            "mime": "image/png",
            "sha256": HASH,
            "size": 34_000,
        },
    ]
    assert second["messages"][0]["content"] == [{"type": "image_url", **FOREIGN.extra}]


def test_flat_json_lists_what_is_known_of_them(shown: Session) -> None:
    first, second = json.loads(exported("json-b", shown))["messages"]
    assert first["content"] == "What is it?\n\n[image: my_photo*.png]"
    assert first["attachments"] == [
        {"name": "my_photo*.png", "mime": "image/png", "sha256": HASH, "size": 34_000}
    ]
    assert second["attachments"] == [
        {"name": None, "mime": "image/png", "sha256": None, "size": None}
    ]


def test_a_table_names_them_in_the_content(shown: Session) -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv", shown))))
    assert rows[0]["content"] == "What is it?\n\n[image: my_photo*.png]"


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_bytes_that_other_programs_put_into_a_file_are_in_no_export(
    shown: Session, name: str
) -> None:
    assert "QUJDREVG" not in exported(name, shown)


@pytest.mark.parametrize("name", FORMATS)
def test_a_message_without_attachments_is_as_before(name: str) -> None:
    plain = Turn(id="1", messages=(Message(role="user", content="Hello"),))
    text = exported(name, Session(id="x", turns=(plain,)))
    assert "Hello" in text
    assert "ttach" not in text
