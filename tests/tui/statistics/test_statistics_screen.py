"""The statistics on the screen: F5, views, stretches of time, from every bar to its sessions and back."""

from __future__ import annotations

import pytest

from tui_sessions.errors import QueryError
from tui_sessions.tui.screens.statistics import StatisticsScreen
from tui_sessions.tui.statistics.desk import asked
from tui_sessions.tui.statistics.owner import Standing


async def opened(user, *keys: str, shows: str = "$1.75 + 1 unpriced") -> None:
    """Statistics, with what they begin with."""
    await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
    await user.press("f5")
    await user.see(shows)
    if keys:
        await user.press(*keys)


def page(user):
    return user.screen.query_one("PageView")


async def test_f5_says_what_was_spent_on_what(workspace, spent):
    async with workspace((160, 48)) as user:
        await opened(user)
        await user.see("by day", "by model", "by project", "anthropic/claude-sonnet-4", "$1.50")
        await user.see("4 answers · 1 error", "3 sessions", "4 sessions, 3 active · 10 messages")
        await user.see("14 Mar 2026 · $0.25")


async def test_months_weeks_and_all_of_it_are_one_key_away(workspace, spent):
    async with workspace((160, 48)) as user:
        await opened(user, "7")
        await user.see("$6.75 + 1 unpriced", "overview · ever")
        await user.press("1")
        await user.see("overview · today", "$0.25", "by hour")
        await user.press("3")
        await user.see("overview · this month", "$1.75 + 1 unpriced")
        await user.press("left_square_bracket")
        await user.see("in the last 7 days")
        await user.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await user.see("in the last 90 days", "$6.75 + 1 unpriced")


async def test_a_row_leads_to_its_sessions_and_one_of_them_to_the_conversation(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user, "m")
        await user.see("models · in the last 30 days")
        await user.press("enter")
        await user.see(
            "sessions · anthropic/claude-sonnet-4", "OAuth for 京都", "Python decorators"
        )
        await user.press("down", "up", "enter")
        await user.until(lambda: not isinstance(user.screen, StatisticsScreen))
        assert user.stage.workspace.session_id in {"oauth0000001", "deco00000001"}


async def test_escape_goes_back_step_by_step_to_where_one_was(workspace, spent):
    async with workspace((120, 40), open_id="oldest000001") as user:
        await user.until(lambda: not user.stage.workspace.is_draft, "the session")
        await opened(user, "m")
        await user.see("models · in the last 30 days")
        await user.press("down", "enter")
        await user.see("sessions · openai/gpt-4o-mini")
        await user.press("escape")
        await user.see("models · in the last 30 days")
        assert page(user).target.key == "openai/gpt-4o-mini"
        await user.press("escape")
        await user.until(lambda: not isinstance(user.screen, StatisticsScreen))
        assert user.stage.workspace.session_id == "oldest000001"
        await user.press("f5")
        await user.see("models · in the last 30 days")
        await user.until(lambda: page(user).target.key == "openai/gpt-4o-mini", "the row")


async def test_a_bar_of_the_picture_leads_to_the_sessions_of_its_day(workspace, spent):
    async with workspace((160, 48)) as user:
        await opened(user)
        assert page(user).target.id == "page_chart"
        await user.press("left", "left", "left", "left")
        await user.see("Tue 10 Mar 2026 · $0.75 + 1 unpriced")
        await user.press("enter")
        await user.see("sessions · Tue 10 Mar 2026", "OAuth for 京都", "At home")
        assert "Python decorators" not in user.text()
        await user.press("escape")
        await user.see("Tue 10 Mar 2026 · $0.75 + 1 unpriced")


async def test_an_hour_of_the_week_leads_to_its_sessions(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user, "c", "c", "h")
        await user.see("answers by weekday and hour", "Most answers: Tuesday 09–10 h")
        await user.see("Tuesday 09–10 h · $0.75 + 1 unpriced")
        await user.press("down")
        await user.see("Wednesday 09–10 h · nothing")
        await user.press("up", "enter")
        await user.see("sessions · Tuesday 09–10 h", "At home")


async def test_the_measure_goes_from_cost_to_tokens_to_answers(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user, "t", "c")
        await user.see("6,400 tokens")
        await user.press("c")
        await user.see("4 answers")
        await user.press("c")
        await user.see("$1.75 + 1 unpriced", "#python", "#go", "no tag")


async def test_the_quickest_model_stands_first_and_the_order_can_be_another(workspace, spent):
    async with workspace((160, 40)) as user:
        await opened(user, "l")
        await user.see("latency by model", "first token", "tokens/s")
        keys = lambda: [row.key for row in page(user).target.table.rows]
        # A call that failed says nothing of how quickly it would have answered.
        assert keys() == ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4", "ollama/llama3.2"]
        await user.press("c", "c", "c", "c")
        await user.until(lambda: keys()[0] == "anthropic/claude-sonnet-4", "by price")
        assert keys()[-1] == "ollama/llama3.2"
        await user.see("100%")


async def test_the_dearest_sessions_open_at_once(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user, "7", "d", shows="$1.75")
        await user.see("dearest sessions · ever", "Long ago", "$5.00")
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session_id == "oldest000001")


async def test_what_is_unpriced_is_named_and_never_nothing(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user, "v")
        await user.see("ollama")
        line = next(line for line in user.text().splitlines() if "ollama" in line)
        assert "?" in line
        assert "+1" in line
        assert "$0" not in line


async def test_a_filter_says_of_which_sessions(workspace, spent):
    async with workspace((160, 40)) as user:
        await opened(user, "slash")
        await user.type("tag:go")
        await user.see_no("$1.75")
        await user.see("1 answer", "$0.75")
        await user.press("enter", "m")
        await user.see("models")
        assert "gpt-4o-mini" not in user.text()
        await user.press("slash", "escape")
        await user.see("$1.75 + 1 unpriced")


async def test_dates_in_the_filter_are_the_time_until_a_key_says_another(workspace, spent):
    async with workspace((160, 40)) as user:
        await opened(user, "slash")
        await user.type("since:2026-01-01 until:2026-01-31")
        await user.press("enter")
        await user.see("overview · since 2026-01-01 until 2026-02-01", "$5.00")
        await user.press("2")
        await user.see("in the last 7 days", "$1.75 + 1 unpriced")
        assert user.screen.query_one("#filter").value == ""


async def test_a_wrong_filter_is_marked_and_leaves_what_is_shown(workspace, spent):
    async with workspace((160, 40)) as user:
        await opened(user, "slash")
        await user.type("cost:abc ")
        await user.until(lambda: user.screen.query_one("#filter-problem").text, "the reason")
        assert "$1.75 + 1 unpriced" in user.text()


async def test_an_empty_library_says_so_in_a_sentence(workspace):
    async with workspace((100, 30)) as user:
        await user.press("f5")
        await user.see("Nothing was asked in the last 30 days.")
        for key in "mhdltvrpf":
            await user.press(key)
            await user.see("Nothing was asked in the last 30 days.")
        await user.press("s")
        await user.see("No session is open")
        await user.press("b")
        await user.see("No budgets are set.")


async def test_this_session_has_its_own_statistics(workspace, spent):
    async with workspace((120, 40), open_id="deco00000001") as user:
        await user.until(lambda: not user.stage.workspace.is_draft, "the session")
        await user.command(":stats session")
        await user.see("Mean response time", "1.5 s", "4 · 2 user, 2 assistant", "2,650")
        await user.see("answers by model", "$1.00")


async def test_budgets_stand_beside_the_other_views(workspace, spent):
    async with workspace((120, 40), **{"budgets.month": "2, soft 1"}) as user:
        await opened(user, "b")
        await user.see("this month", "$1.75 + 1 unpriced", "$2.00", "88%", "near")


async def test_stats_takes_a_view_a_time_and_a_filter(workspace, spent):
    async with workspace((120, 40)) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.command(":stats models month tag:python")
        await user.see("models · this month", "$1.75")
        assert "ollama" not in user.text()


def test_words_of_stats_are_understood():
    found = asked("dearest 7d tag:x since:1d", Standing())
    assert (found.view, found.period, found.filter) == ("sessions", "7d", "tag:x since:1d")
    assert asked("", found) == found
    with pytest.raises(QueryError):
        asked("cost:nothing", Standing())


async def test_what_is_shown_goes_into_a_file_for_a_spreadsheet(workspace, spent, tmp_path):
    async with workspace((160, 40), **{"export.dir": str(tmp_path / "out")}) as user:
        await opened(user, "m")
        await user.see("models · in")
        await user.press("e")
        await user.see("Exported to")
        (file,) = (tmp_path / "out").iterdir()
        lines = file.read_text().splitlines()
        assert file.name == "statistics model 30d 2026-03-14.csv"
        assert lines[0].startswith("model,answers,sessions,errors,prompt_tokens")
        assert any(line.startswith("anthropic/claude-sonnet-4,2,2,0,5000,1200") for line in lines)
        assert next(line for line in lines if line.startswith("ollama")).endswith("?,1")


async def test_a_folder_that_cannot_be_written_is_told(workspace, spent, tmp_path):
    (tmp_path / "out").write_text("a file")
    async with workspace((160, 40), **{"export.dir": str(tmp_path / "out")}) as user:
        await opened(user, "e")
        await user.see("could not be written")


async def test_where_only_the_dearest_are_listed_shares_are_of_the_whole_bar(
    workspace, spent, monkeypatch
):
    monkeypatch.setattr("tui_sessions.tui.statistics.reading.MOST_SESSIONS", 1)
    async with workspace((120, 40)) as user:
        await opened(user, "m")
        await user.see("models · in the last 30 days")
        await user.press("enter")
        await user.see("sessions · anthropic/claude-sonnet-4", "50%", "$1.50")
