"""`reprice`: a look first, then costs for what had none, as one step that can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def keep(put) -> Any:
    """Puts a session into the library, in a file of its own."""
    return lambda session: put(f"{session['id']}.json", **session)


@pytest.fixture
def unpriced(keep) -> None:
    """Three sessions: one that the table can price, one of a stranger, one without counts."""
    used = {"prompt_tokens": 1_000_000, "completion_tokens": 100_000}
    for number, model, usage in (
        (1, "openai/gpt-4o-mini", used),
        (2, "work/x", used),
        (3, "openai/gpt-4o-mini", None),
    ):
        said = [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "Hello.", "timestamp": "2026-01-02T03:04:05Z"},
        ]
        turn = {"id": "t", "messages": said, "usage": usage}
        keep(
            {
                "id": f"session{number}",
                "model": model,
                "updated_at": "2026-01-03T00:00:00Z",
                "turns": [turn],
            }
        )


def cost(run, session: str) -> Any:
    return run("show", session, "--format", "json").json["turns"][0].get("cost_estimate")


def test_a_dry_run_tells_by_model_and_why_and_changes_nothing(run, unpriced) -> None:
    told = run("reprice", "--dry-run")
    assert told.code == 0
    assert "openai/gpt-4o-mini" in told.out
    assert "1 unknown: no price for work/x" in told.out
    assert "1 unknown: no token counts" in told.out
    assert "1 answer in 1 session: 3 unpriced → $0.21 + 2 unpriced" in told.out
    assert cost(run, "session1") is None


def test_what_can_be_priced_is_and_undo_takes_it_back(run, unpriced) -> None:
    done = run("reprice", "--yes")
    assert done.code == 0
    assert "1 session repriced." in done.err
    assert cost(run, "session1") == 0.21
    assert cost(run, "session2") is None
    stored = run("show", "session1", "--format", "json").json
    assert stored["turns"][0]["price"]["source"].startswith("genai-prices ")
    assert stored["updated_at"].startswith("2026-01-03")
    assert run("undo").code == 0
    assert cost(run, "session1") is None


def test_own_prices_count_and_once_all_is_known_it_says_so(
    run, unpriced, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "tui-sessions" / "prices.toml"
    file.parent.mkdir(parents=True)
    file.write_text('["work/*"]\ninput_per_mtok = 1\noutput_per_mtok = 10\n')
    assert run("reprice", "session2", "--yes").code == 0
    assert cost(run, "session2") == 2.0
    assert "Every answer has a known cost." in run("reprice", "session2").out


def test_what_has_a_cost_is_left_alone_unless_all_is_said(run, keep) -> None:
    used = {"prompt_tokens": 1_000_000, "completion_tokens": 0}
    said = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello."}]
    turn = {"id": "t", "messages": said, "usage": used, "cost_estimate": 9}
    keep({"id": "known", "model": "openai/gpt-4o-mini", "turns": [turn]})
    assert "Every answer has a known cost." in run("reprice").out
    assert "$9.00 → $0.15" in run("reprice", "--all", "--dry-run").out
    assert run("reprice", "--all", "--yes").code == 0
    assert cost(run, "known") == 0.15


def test_as_json(run, unpriced) -> None:
    told = run("reprice", "--dry-run", "--format", "json").json
    assert (told["sessions"], told["answers"], told["unknown_after"]) == (1, 1, 2)
    assert told["left"] == {"no price for work/x": 1, "no token counts": 1}
    assert run("reprice", "--format", "json").code == 2


def test_nobody_to_ask_changes_nothing(run, unpriced) -> None:
    asked = run("reprice")
    assert asked.code == 2
    assert "--yes" in asked.err
    assert cost(run, "session1") is None


def test_sessions_are_named_or_filtered(run, unpriced) -> None:
    assert run("reprice", "session1", "--tag", "x").code == 2
    assert "work/x" in run("reprice", "--model", "work", "--dry-run").out
    assert "gpt" not in run("reprice", "--model", "work", "--dry-run").out


def test_context_messages_are_listed_with_tokens(run, keep) -> None:
    said = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello there."}]
    turns = [{"id": f"t{n}", "messages": said} for n in (1, 2, 3)]
    keep({"id": "talk", "model": "demo/demo", "system": "Be brief.", "turns": turns})
    rows = run("context", "talk", "2", "--messages", "--format", "json").json
    assert [row["role"] for row in rows] == ["system", *["user", "assistant"] * 3]
    assert [row["is_sent"] for row in rows] == [True, False, False, True, True, True, True]
    assert rows[1]["left_out"] == "outside the window"
    assert rows[0]["context_tokens"] == 32_000
    assert rows[-1]["tokens_so_far"] == sum(row["tokens"] for row in rows if row["is_sent"])
    assert run("context", "talk", "500", "tokens").out == "3/3\n"
    assert run("show", "talk", "--format", "json").json["params"]["context_tokens"] == 500
    assert run("context", "talk", "--format", "json").code == 2


def test_a_full_context_is_a_warning_where_nobody_can_be_asked(
    run, keep, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "tui-sessions" / "prices.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '["demo/demo"]\ninput_per_mtok = 0\noutput_per_mtok = 0\ncontext_tokens = 1000\n'
    )
    said = [
        {"role": "user", "content": "word " * 300},
        {"role": "assistant", "content": "word " * 300},
    ]
    turns = [{"id": f"t{n}", "messages": said} for n in (1, 2, 3)]
    keep({"id": "talk", "model": "demo/demo", "turns": turns})
    asked = run("ask", "-s", "talk", "Hello")
    assert asked.code == 0
    assert "It is sent as it is" in asked.err
    trimmed = run("--set", "chat.when_full=trim", "ask", "-s", "talk", "Hello")
    assert trimmed.code == 0
    assert "sent as it is" not in trimmed.err
    sent = run("--set", "chat.when_full=send", "ask", "-s", "talk", "Hello")
    assert (sent.code, sent.err) == (0, "")
    assert len(json.loads(run("show", "talk", "--format", "json").out)["turns"]) == 6


def test_what_is_shown_says_where_prices_are_from(run, unpriced, folder: Path) -> None:
    run("reprice", "--yes")
    assert "Prices: genai-prices " in run("show", "session1").out
    assert "Prices:" not in run("show", "session2").out
    assert any(line.startswith("Prices:") for line in run("info").lines)
