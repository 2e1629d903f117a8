"""A slip in the user's own prices is told once, and keeps nobody from asking."""

from __future__ import annotations

from pathlib import Path
from typing import Any


async def test_a_broken_table_of_prices_is_told_once_and_stops_nothing(
    workspace: Any, own_home: Path
) -> None:
    folder = own_home / ".config" / "tui-sessions"
    folder.mkdir(parents=True)
    (folder / "prices.toml").write_text("[broken\n")
    said: list[str] = []
    async with workspace() as user:
        stage, say = user.stage, user.stage.say
        stage.say = lambda sentence, severity="information": (
            said.append(sentence),
            say(sentence, severity),
        )
        await user.type("hello there")
        await user.until(lambda: any("prices.toml" in sentence for sentence in said))
        await user.press("enter")
        await user.answered()
        await user.type("once more")
        await user.press("enter")
        await user.answered()
        assert sum("prices.toml" in sentence for sentence in said) == 1
        [session] = user.files()
        assert [turn["finish"] for turn in session["turns"]] == ["stop", "stop"]
