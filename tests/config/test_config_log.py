"""The debug log, and that no secret gets into it."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_sessions.config.log import close_log, redacted, set_up_log


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "state" / "debug.log"
    handler = set_up_log(path, {"OPENAI_API_KEY": "plain-looking-value", "TERM_KEY": "short"})
    assert handler is not None
    yield path
    close_log(handler)


def test_what_is_logged_is_in_a_private_file_and_not_on_the_screen(
    log_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("tui_sessions.engine").warning("turn %s began", "t1")
    logging.getLogger("httpx").info("HTTP Request: POST http://localhost/v1")
    text = log_file.read_text()
    assert "WARNING tui_sessions.engine: turn t1 began" in text
    assert "HTTP Request" in text
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("", "")


def test_keys_are_blotted_out_of_messages_and_tracebacks(log_file: Path) -> None:
    log = logging.getLogger("tui_sessions")
    log.info("key=%s", "plain-looking-value")
    try:
        raise ValueError("Authorization: Bearer abcdef123456")
    except ValueError:
        log.exception("failed")
    text = log_file.read_text()
    assert "plain-looking-value" not in text
    assert "abcdef123456" not in text
    assert "ValueError" in text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Incorrect API key provided: sk-proj-abcDEF_123456.", "abcDEF_123456"),
        ("x-api-key: sk-ant-api03-abcdefgh", "api03"),
        ('{"api_key": "0123456789"}', "0123456789"),
        ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("https://user:hunter2@example.org/v1", "hunter2"),
        ("GET https://example.org/v1?key=AIzaSyA123 HTTP/1.1", "AIzaSyA123"),
        ("access_token=abc123", "abc123"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc-def", "eyJzdWIi"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str, secret: str) -> None:
    assert secret not in redacted(text)
    assert "[secret]" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "prompt_tokens=25 completion_tokens=187",
        "first_token_ms: 310.0",
        "https://example.org/v1/chat/completions",
        "risk-averse desk-bound-people",
        "session k3v9x2m7q0ab: keys=session.new",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_large_log_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "debug.log"
    path.write_bytes(b"x" * 5_000_001)
    handler = set_up_log(path, {})
    assert handler is not None
    close_log(handler)
    assert path.stat().st_size == 0
    assert path.with_name("debug.log.old").stat().st_size == 5_000_001


def test_a_disk_that_refuses_gives_no_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert set_up_log(tmp_path / "file" / "debug.log", {}) is None


def test_of_an_error_its_places_are_kept_and_not_its_words(log_file: Path) -> None:
    log = logging.getLogger("tui_sessions")
    try:
        try:
            open("/nowhere/canary-prompt")  # noqa: SIM115 - it fails
        except OSError as error:
            raise ValueError("about the canary-prompt") from error
    except ValueError:
        log.exception("failed")
    text = log_file.read_text()
    assert "canary" not in text
    assert "ValueError" in text
    assert "because of:\nFileNotFoundError ENOENT" in text
    assert f"{__file__}:" in text


def test_what_other_libraries_say_of_their_objects_is_left_out(log_file: Path) -> None:
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=ValueError('canary')>"
    )
    logging.getLogger("asyncio").warning("Executing <Task result='canary'> took 0.2 seconds")
    text = log_file.read_text()
    assert "Task exception was never retrieved" in text
    assert "canary" not in text


def test_a_log_that_grows_is_put_aside(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.config.log._MAX_BYTES", 200)
    for number in range(9):
        logging.getLogger("tui_sessions").info("line %d", number)
    assert log_file.stat().st_size < 400
    old = log_file.with_name("debug.log.old")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert "line 8" in log_file.read_text() + old.read_text()
