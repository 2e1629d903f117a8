"""Stories about the cost pane, mounted alone."""

from __future__ import annotations

import msgspec
import pytest
from panel_values import HOSTILE, made_turn
from textual.app import App, ComposeResult

from tui_sessions.model.money import Cost, Price
from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.cost_lines import short_duration, sparkline, turn_line
from tui_sessions.tui.widgets.costs import Costs


class Host(App[None]):
    """The pane and nothing else."""

    def compose(self) -> ComposeResult:
        yield Costs()

    @property
    def costs(self) -> Costs:
        return self.query_one(Costs)

    def lines(self) -> list[str]:
        height = self.costs.size.height
        return [self.costs.render_line(y).text.rstrip() for y in range(height)]

    def text(self) -> str:
        return "\n".join(self.lines())


async def test_totals_price_and_turns_stand_in_the_pane(session: Session) -> None:
    host = Host()
    async with host.run_test(size=(40, 40)):
        host.costs.show(session, sums=(("today", Cost(120_000_000, 4)),))
        lines = host.lines()
        words = [" ".join(line.split()) for line in lines]
        for expected in (
            "tokens in 600", "of them cached 15", "tokens out 60", "of them reasoning 0",
            "cost $0.0060", "mean latency 2.0 s", "today $0.12", "# in out cost time",
            "3 300 30 $0.0030 3.0s",
        ):  # fmt: skip
            assert expected in words
        assert "price: genai-prices 0.2.3 of 2026-11-10" in " ".join(words)


async def test_what_is_unknown_is_a_question_mark_and_never_zero(session: Session) -> None:
    unknown = msgspec.structs.replace(
        made_turn(1), usage=None, cost=None, price=None, latency_ms=None
    )
    host = Host()
    async with host.run_test(size=(40, 40)):
        host.costs.show(Session(id="a", turns=(unknown,)))
        words = [" ".join(line.split()) for line in host.lines()]
        for expected in (
            "tokens in ?",
            "cost 1 unpriced",
            "mean latency ?",
            "price ?",
            "1 ? ? ? ?",
        ):
            assert expected in words
        assert "$0" not in host.text()


async def test_a_sum_with_an_unknown_part_says_so(session: Session) -> None:
    turns = (*session.turns, msgspec.structs.replace(made_turn(4), cost=None))
    host = Host()
    async with host.run_test(size=(40, 40)):
        host.costs.show(msgspec.structs.replace(session, turns=turns))
        assert "$0.0060 + 1 unpriced" in host.text()
        assert ":reprice" in host.text()


async def test_turns_of_the_parent_are_shown_and_not_counted(session: Session) -> None:
    turns = (session.turns[0].as_inherited(), *session.turns[1:])
    host = Host()
    async with host.run_test(size=(40, 40)):
        host.costs.show(msgspec.structs.replace(session, turns=turns))
        words = [" ".join(line.split()) for line in host.lines()]
        assert "cost $0.0050" in words
        assert "⑂1 100 10 $0.0010 1.0s" in words


@pytest.mark.parametrize(("used", "share"), [(0, "0 %"), (64_000, "50 %"), (256_000, "200 %")])
async def test_the_context_used_is_a_share_and_a_bar(
    session: Session, used: int, share: str
) -> None:
    host = Host()
    async with host.run_test(size=(40, 40)):
        host.costs.show(session, context_tokens=128_000, used_tokens=used)
        assert f"of 128k · {share}" in host.text()
        assert max(line.count("━") for line in host.lines()) == 37


async def test_ten_thousand_turns_are_drawn_line_by_line(session: Session) -> None:
    turns = tuple(made_turn(number) for number in range(1, 10_001))
    host = Host()
    async with host.run_test(size=(40, 20)) as pilot:
        host.costs.show(msgspec.structs.replace(session, turns=turns))
        host.costs.focus()
        assert "10000" not in host.text()
        await pilot.press("G")
        await pilot.pause()
        assert host.lines()[-1].split()[0] == "10000"
        await pilot.press("g")
        await pilot.pause()
        assert host.lines()[0].startswith("tokens in")


async def test_the_place_scrolled_to_stays_while_the_session_is_the_same(session: Session) -> None:
    host = Host()
    async with host.run_test(size=(40, 8)) as pilot:
        host.costs.show(session)
        host.costs.focus()
        await pilot.pause()
        await pilot.press("j", "j", "j")
        await pilot.pause()
        host.costs.show(session.with_turn(made_turn(9)))
        await pilot.pause()
        assert host.costs.scroll_offset.y == 3
        host.costs.show(Session(id="other"))
        await pilot.pause()
        assert host.costs.scroll_offset.y == 0


async def test_nothing_open_and_nothing_asked_yet_have_their_words(session: Session) -> None:
    host = Host()
    async with host.run_test(size=(30, 20)):
        assert "No session is open." in host.text()
        host.costs.show(Session(id="a"))
        assert "Nothing was asked here yet." in host.text()
        host.costs.show(None)
        assert "No session is open." in host.text()


async def test_hostile_prices_and_labels_are_neither_markup_nor_sent(session: Session) -> None:
    price = Price(source=HOSTILE, date=HOSTILE)
    turn = msgspec.structs.replace(made_turn(1), price=price)
    host = Host()
    async with host.run_test(size=(60, 40)):
        host.costs.show(Session(id=HOSTILE, turns=(turn,)), sums=((HOSTILE, Cost(1, 1)),))
        assert "[/nope]" in host.text()
        assert not set(host.text()) & set("\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("width", [10, 26, 30, 36, 80])
def test_columns_stand_under_each_other_at_every_width(width: int) -> None:
    turns = [made_turn(number) for number in (1, 50, 9_999)]
    lengths = {
        sum(len(text) for text, _ in turn_line(number, turn, 9_999, width))
        for number, turn in zip((1, 50, 9_999), turns, strict=True)
    }
    assert len(lengths) == 1


def test_many_turns_share_the_characters_of_a_sparkline() -> None:
    assert sparkline([1, 8], 10) == "▁█" or sparkline([1, 8], 10) == "▁█"
    assert len(sparkline(list(range(1000)), 30)) == 30
    assert sparkline([None, 5], 10) == " █"
    assert sparkline([0, 0], 10) == ""
    assert sparkline([None], 10) == ""


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, "?"), (310.0, "310ms"), (59_940.0, "59.9s"), (125_000.0, "2min5s"),
     (754_000.0, "12min"), (11_400_000.0, "3h")],
)  # fmt: skip
def test_durations_fit_their_column(milliseconds: float | None, shown: str) -> None:
    assert short_duration(milliseconds) == shown
