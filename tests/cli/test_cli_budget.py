"""Budgets on the command line: exit code 5 with nothing sent or saved, a question to a person, a list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.errors import ProviderError

PRICED = """
["openai/gpt-test"]
input_per_mtok = 1000.0
output_per_mtok = 2000.0
"""
MODEL = ("--model", "openai/gpt-test")


@pytest.fixture(autouse=True)
def priced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A model that costs, and that nobody reaches: its requests are counted."""
    from tui_sessions.wiring import Services

    file = tmp_path / "prices.toml"
    file.write_text(PRICED)
    asked: list[str] = []

    class Nobody:
        name = "openai"

        def stream(self, request: Any) -> Any:
            asked.append(request.messages[-1].content)
            raise ProviderError("Nobody is there.")

        def refuses(self, mime: str, size: int = 0) -> str:
            return ""

        def prepare(self) -> None:
            return None

        async def aclose(self) -> None:
            return None

    from tui_sessions.providers.prices import Prices
    from tui_sessions.providers.registry import Providers

    plain = Providers.get
    monkeypatch.setattr(
        Providers, "get", lambda self, name: Nobody() if name == "openai" else plain(self, name)
    )
    monkeypatch.setattr(Services, "prices", property(lambda self: Prices(file)))
    return asked


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.json") if ".tui-sessions" not in p.parts)


def set_budget(scope: str, text: str) -> tuple[str, str]:
    return "--set", f"budgets.{scope}={text}"


def test_over_a_budget_nothing_is_made_or_sent(run: Any, folder: Path, priced: list[str]) -> None:
    done = run("ask", *MODEL, "--budget", "0.01", "Why?", piped=b"")
    assert done.code == 5
    assert done.out == ""
    assert "This session's budget would be passed: $0 of $0.0100 is spent" in done.err
    assert "--over-budget" in done.err
    assert files(folder) == []
    assert priced == []


def test_over_a_budget_a_session_stays_as_it_is(
    run: Any, folder: Path, put: Callable[..., Path], tmp_path: Path, priced: list[str]
) -> None:
    path = put("s.json", id="abc", model="openai/gpt-test", turns=[], meta={"budget": 0.001})
    before, note = path.read_bytes(), tmp_path / "note.txt"
    note.write_text("What it is about.")
    done = run(
        "ask", "-s", "abc", "--title", "New", "--tag", "x", "-a", str(note), "Why?", piped=b""
    )
    assert done.code == 5
    assert path.read_bytes() == before
    assert priced == []
    assert not list((folder / ".tui-sessions").rglob("attachments/*"))


def test_who_says_over_budget_is_sent(run: Any, folder: Path, priced: list[str]) -> None:
    done = run("ask", *MODEL, "--budget", "0.01", "--over-budget", "Why?", piped=b"")
    assert done.code == 4  # Nobody is there.
    assert priced == ["Why?"]
    (path,) = files(folder)
    assert json.loads(path.read_text())["meta"]["budget"] == 0.01


@pytest.mark.parametrize(("answer", "code", "sent"), [("y\n", 4, ["Why?"]), ("\n", 5, [])])
def test_a_person_is_asked(
    run: Any, folder: Path, watched: Any, priced: list[str], answer: str, code: int, sent: list[str]
) -> None:
    watched("stderr")
    done = run("ask", *MODEL, "--budget", "0.01", "Why?", typed=answer)
    assert "Send it all the same? [y/N]" in done.err
    assert (done.code, priced) == (code, sent)
    assert len(files(folder)) == len(sent)
    assert ("Nothing was sent." in done.err) is (not sent)


def test_the_demonstration_costs_nothing_and_is_never_refused(run: Any) -> None:
    assert run("ask", "--model", "demo/demo", "--budget", "0", "Hello?", piped=b"").code == 0


def test_a_budget_of_a_day_counts_what_others_cost(
    run: Any, put: Callable[..., Path], priced: list[str]
) -> None:
    put("s.json", id="abc", turns=[paid(3.0)])
    put("t.json", id="new", turns=[])
    done = run("ask", "-s", "new", *MODEL, *set_budget("month", "2"), "Why?", piped=b"")
    assert done.code == 5
    assert "This month's budget would be passed: $3.00 of $2.00 is spent" in done.err
    assert priced == []


def test_what_is_spent_is_told_before(run: Any, put: Callable[..., Path], watched: Any) -> None:
    put("s.json", id="abc", model="demo/demo", turns=[paid(1.5)], meta={"budget": "2, soft 1"})
    watched("stderr")
    done = run("ask", "-s", "abc", "So?", typed="")
    assert (
        "Budget this session: $1.50 of $2.00 (75 %); the soft limit of $1.00 is passed" in done.err
    )


def test_new_and_ask_give_a_session_its_budget(run: Any, folder: Path) -> None:
    session_id = run("new", "--title", "Soup", "--budget", "2.50").out.strip()
    (path,) = files(folder)
    assert json.loads(path.read_text())["meta"]["budget"] == 2.5
    run("ask", "-s", session_id, "--model", "demo/demo", "--budget", "3, soft 2", "Hi", piped=b"")
    assert json.loads(path.read_text())["meta"]["budget"] == "3, soft 2"
    run("ask", "-s", session_id, "--budget", "off", "Hi", piped=b"")
    assert "budget" not in path.read_text()


@pytest.mark.parametrize("command", [["ask", "Why?"], ["new"]])
def test_what_is_no_budget_is_told_before_anything_is_made(
    run: Any, folder: Path, command: list[str]
) -> None:
    done = run(*command, "--budget", "much", piped=b"")
    assert done.code == 2
    assert "'much' is no budget; write an amount of dollars" in done.err
    assert files(folder) == []


def test_the_budgets_are_listed_with_what_is_spent(run: Any, put: Callable[..., Path]) -> None:
    put("s.json", id="abc", title="Soup", turns=[paid(1.5)], meta={"tags": ["x"], "budget": 3})
    put("t.json", id="def", turns=[paid(0.5)])
    found = run(
        "budget", "--format", "json", *set_budget("month", "1"), *set_budget("tag:X", "soft 2")
    ).json
    assert [(one["budget"], one["session"], one["spent"]) for one in found] == [
        ("month", None, 2.0),
        ("tag:X", None, 1.5),
        ("session", "abc", 1.5),
    ]
    assert [(one["limit"], one["soft_limit"], one["share"], one["state"]) for one in found] == [
        (1.0, None, 2.0, "over"),
        (None, 2.0, 0.75, "fine"),
        (3.0, None, 0.5, "fine"),
    ]


def test_the_budgets_of_one_session(run: Any, put: Callable[..., Path]) -> None:
    put("s.json", id="abc", turns=[paid(1.5)], meta={"tags": ["x"]})
    options = (*set_budget("tag:x", "2"), *set_budget("tag:y", "2"), *set_budget("session", "9"))
    done = run("budget", "abc", *options)
    assert done.lines == ["#x\t1.5\t2\t\t75 %\t", "this session\t1.5\t9\t\t17 %\t"]


def test_a_session_is_given_a_budget(run: Any, put: Callable[..., Path]) -> None:
    path = put("s.json", id="abc", turns=[paid(1.5)])
    done = run("budget", "abc", "$2")
    assert done.lines == ["this session\t1.5\t2\t\t75 %\t"]
    assert json.loads(path.read_text())["meta"]["budget"] == 2.0
    assert run("undo").code == 0
    assert "budget" not in path.read_text()
    assert run("budget", "abc").code == 1


def test_without_any_budget_it_is_said_how_to_set_one(run: Any, two: None) -> None:
    done = run("budget")
    assert (done.code, done.out) == (1, "")
    assert "[budgets]" in done.err
    assert "tui-sessions budget S 2.50" in done.err


def test_what_each_session_may_cost_is_said_below_the_list(run: Any, two: None) -> None:
    done = run("budget", *set_budget("session", "2, soft 1"))
    assert (done.code, done.out) == (0, "")
    assert "Each session without a budget of its own: $2, soft $1." in done.err


def paid(dollars: float) -> dict[str, Any]:
    """A turn of today."""
    from datetime import UTC, datetime

    at = datetime.now(UTC).isoformat()
    said = [("user", "So?"), ("assistant", "Yes.")]
    return {
        "id": "t",
        "messages": [{"role": role, "content": text, "timestamp": at} for role, text in said],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
        "cost_estimate": dollars,
        "finish": "stop",
    }
