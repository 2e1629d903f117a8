"""The library is looked over on the screen: what is wrong, what can be read of it, and the mending."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui_sessions.codec.encode import encode
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store.library import Library
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.doctor import DoctorDialog, SalvageDialog


def damaged_library(root: Path) -> bytes:
    """A sound session, and one that is cut off."""
    root.mkdir(parents=True, mode=0o700)
    turns = tuple(
        Turn(
            id=f"t{n}",
            messages=(
                Message(role="user", content=f"prompt {n}"),
                Message(role="assistant", content=f"answer {n}"),
            ),
        )
        for n in range(3)
    )
    whole = encode(Session(id="soup", title="Soup", turns=turns))
    for name, data in (("good.json", whole), ("cut.json", whole[:-120])):
        (root / name).write_bytes(data)
        (root / name).chmod(0o600)
    return whole[:-120]


async def test_the_library_is_looked_over_and_mended(workspace: Any, tmp_path: Path) -> None:
    cut = damaged_library(tmp_path / "library")
    async with workspace() as user:
        await user.see("cut.json")
        await user.command(":doctor")
        await user.until(lambda: isinstance(user.screen, DoctorDialog), "the findings")
        await user.see("1 damaged file", "cannot be read or saved", "It is cut off")
        await user.press("ctrl+r")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "what would be done")
        await user.see("cut.recovered.json", "Nothing is deleted")
        await user.press("enter")
        await user.see("Soup (recovered)")
        library: Library = user.library
        assert (library.root / "cut.json").read_bytes() == cut
        assert len(library.rows()) == 2


async def test_enter_on_a_damaged_file_shows_what_can_be_read_of_it(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    async with workspace() as user:
        await user.see("cut.json")
        user.stage.sessions.focus()
        await user.press("end")
        await user.press("enter")
        await user.until(lambda: isinstance(user.screen, SalvageDialog), "what can be read")
        await user.see("prompt 0", "answer 1", "messages can be read")
        await user.press("enter")
        await user.see("Soup (recovered)")
        assert (user.library.root / "cut.recovered.json").is_file()


async def test_a_library_that_is_well_says_so(workspace: Any) -> None:
    async with workspace() as user:
        await user.command(":doctor")
        await user.see("All is well: 0 files read.")
        assert user.screen is user.stage.screen  # no empty list to leave


async def test_escape_leads_from_a_damaged_file_back_to_what_was_found(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    async with workspace() as user:
        await user.command(":doctor")
        await user.until(lambda: isinstance(user.screen, DoctorDialog), "the findings")
        await user.press("enter")
        await user.until(lambda: isinstance(user.screen, SalvageDialog), "what can be read")
        await user.press("escape")
        await user.until(lambda: isinstance(user.screen, DoctorDialog), "the findings again")
        await user.press("escape")
        await user.until(lambda: user.screen is user.stage.screen, "the main screen")


async def test_enter_is_named_for_what_it_does_to_the_finding_under_the_cursor(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    (tmp_path / "library" / "good.json").chmod(0o644)
    async with workspace() as user:
        await user.command(":doctor")
        await user.see("enter look into it")
        await user.press("down")
        await user.see("enter repair this")
        await user.press("enter")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "what would be done")
        await user.press("escape")


async def test_a_finding_that_only_its_owner_can_mend_says_so_at_enter(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    (tmp_path / "library" / "cut.json").unlink()
    (tmp_path / "library" / "link.json").symlink_to("good.json")
    async with workspace() as user:
        await user.command(":doctor")
        await user.see("1 link or device")
        await user.press("enter")
        await user.see("That cannot be mended from here.")
        await user.press("escape")


async def test_a_file_of_which_nothing_can_be_read_offers_no_copy_of_it(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    (tmp_path / "library" / "cut.json").write_bytes(b"[[[")
    async with workspace() as user:
        await user.command(":doctor cut.json")
        await user.until(lambda: isinstance(user.screen, SalvageDialog), "what can be read")
        await user.see("Nothing of a conversation can be read", "enter close")
        await user.press("enter")
        await user.until(lambda: user.screen is user.stage.screen, "the main screen")


async def test_a_file_that_is_not_damaged_is_not_looked_into(
    workspace: Any, tmp_path: Path
) -> None:
    damaged_library(tmp_path / "library")
    async with workspace() as user:
        await user.see("cut.json")
        await user.command(":doctor good.json")
        await user.see("good.json is no damaged file")
