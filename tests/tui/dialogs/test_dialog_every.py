"""What holds for every dialog: Enter, Escape, small windows, hostile text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from dialog_values import HOSTILE, Host, now, row
from textual import events
from textual.screen import ModalScreen

from tui_sessions.config.personas import Persona
from tui_sessions.model.budget import Standing, parse
from tui_sessions.model.known_model import KnownModel
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost
from tui_sessions.model.reprice import Deal, Reckoning, reckoning
from tui_sessions.model.results import TrashRow
from tui_sessions.model.session import Params as ModelParams
from tui_sessions.model.session import Session
from tui_sessions.model.steps import StepRow
from tui_sessions.model.turn import Turn
from tui_sessions.tui.folder_listing import Entry, Listing
from tui_sessions.tui.screens.attach import AttachDialog
from tui_sessions.tui.screens.branch import BranchDialog
from tui_sessions.tui.screens.budgets import BudgetsDialog, OverBudgetDialog
from tui_sessions.tui.screens.choose_code import ChooseCodeDialog
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.context_full import context_dialog
from tui_sessions.tui.screens.export import ExportChoice, ExportDialog
from tui_sessions.tui.screens.extract import ExtractDialog
from tui_sessions.tui.screens.first_run import FirstRunDialog
from tui_sessions.tui.screens.folder import FolderDialog
from tui_sessions.tui.screens.help import HelpDialog, HelpKey
from tui_sessions.tui.screens.history import HistoryDialog
from tui_sessions.tui.screens.key import KeyDialog
from tui_sessions.tui.screens.links import LinkChoice, LinksDialog
from tui_sessions.tui.screens.models import ModelsDialog, SeveralModelsDialog
from tui_sessions.tui.screens.move import MoveDialog
from tui_sessions.tui.screens.outline import OutlineDialog
from tui_sessions.tui.screens.params import Parameter, ParamsDialog
from tui_sessions.tui.screens.persona_form import PersonaForm
from tui_sessions.tui.screens.personas import PersonasDialog
from tui_sessions.tui.screens.prompts import PromptsDialog
from tui_sessions.tui.screens.queue import QueueDialog
from tui_sessions.tui.screens.rename import RenameDialog
from tui_sessions.tui.screens.repricing import RepriceDialog
from tui_sessions.tui.screens.resume import ResumeDialog
from tui_sessions.tui.screens.save import SaveDialog
from tui_sessions.tui.screens.save_code import SaveCodeDialog
from tui_sessions.tui.screens.tag_list import RenameTagDialog, TagListDialog, Work
from tui_sessions.tui.screens.tags import TagsDialog
from tui_sessions.tui.screens.trash import TrashChoice, TrashDialog
from tui_sessions.tui.screens.verdict_note import VerdictNoteDialog
from tui_sessions.tui.ways import DEMO, Way
from tui_sessions.tui.widgets.choice_list import ChoiceList

FORMATS = [("markdown", "Markdown", ".md"), ("csv", "CSV", ".csv")]


def trashed(title: str, path: str = "work/soup.json") -> TrashRow:
    return TrashRow(entry="e1", id="id1", title=title, path=path, deleted_at=now())


def reckoned(model: str) -> Reckoning:
    deal = Deal(model=model, before=None, after=5)
    left = Deal(model=model, before=None, after=None, why=f"no price for {model}")
    return reckoning([("s", (deal, left))])


def step(label: str, **more: Any) -> StepRow:
    return StepRow(id="s1", at=now(), label=label, count=12, **more)


DIALOGS: dict[str, tuple[Callable[[], ModalScreen[Any]], Any]] = {
    "save": (lambda: SaveDialog("soup", "/sessions"), "soup"),
    "rename": (lambda: RenameDialog("Soup"), "Soup"),
    "branch": (lambda: BranchDialog("Soup (2)", turns=2, total=5), "Soup (2)"),
    "confirm": (lambda: ConfirmDialog("Delete?", details=["Soup"], verb="delete"), True),
    "reprice": (lambda: RepriceDialog(reckoned("gpt-5")), True),
    "context": (lambda: context_dialog("It is full.", pairs=3, there=9), ""),
    "export": (
        lambda: ExportDialog(FORMATS, format="csv", folder="/out", name="soup"),
        ExportChoice(format="csv", folder="/out", name="soup.csv"),
    ),
    "resume": (lambda: ResumeDialog([row(1, "Soup"), row(2, "Stew")], now=now), "id1"),
    "trash": (
        lambda: TrashDialog([trashed("Soup")], now=now),
        TrashChoice(action="restore", entries=("e1",)),
    ),
    "history": (lambda: HistoryDialog([step("tags of 12 sessions")], now=now), "s1"),
    "move": (lambda: MoveDialog(["/", "work"], what="“Soup”"), "/"),
    "extract": (lambda: ExtractDialog("3", count=5), "3"),
    "folder": (lambda: FolderDialog("New folder", "work/api"), "work/api"),
    "attach": (lambda: AttachDialog("/here", read=folder_of("soup.md")), ("/here/soup.md",)),
    "queue": (lambda: QueueDialog(Prompts("Soup?")), "q0"),
    "models": (lambda: ModelsDialog(current="openai/o3"), "openai/o3"),
    "several models": (
        lambda: SeveralModelsDialog("Who?", marked=["a/b"], favourites=["c/d"], at_least=1),
        ("a/b",),
    ),
    "first run": (lambda: FirstRunDialog([DEMO]), DEMO),
    "verdict note": (lambda: VerdictNoteDialog("shorter"), "shorter"),
    "tags": (lambda: TagsDialog(["soup"]), ("soup",)),
    "tag list": (lambda: TagListDialog(Tags("soup", "stew")), "soup"),
    "tag name": (lambda: RenameTagDialog("soup", [("soup", 2)]), "soup"),
    "over the budget": (lambda: OverBudgetDialog("Today's budget would be passed."), False),
    "budgets": (lambda: BudgetsDialog([spent("day")], [spent("tag:soup")], own="2.50"), "2.50"),
    "code": (lambda: ChooseCodeDialog([("python", "x = 1"), ("", "y")]), 0),
    "links": (
        lambda: LinksDialog([("https://e.org/soup", "Soup"), ("mailto:a@e.org", "")]),
        LinkChoice(url="https://e.org/soup"),
    ),
    "outline": (lambda: OutlineDialog(asked("Soup?"), current=None, now=now), ("t0", 0)),
    "save code": (lambda: SaveCodeDialog("soup.py", Path("/nowhere")), "soup.py"),
    "prompts": (lambda: PromptsDialog([("review", "Review this:")], folder="/p"), "Review this:"),
    "personas": (lambda: PersonasDialog(Personas("soup", "stew")), "soup"),
    "persona": (lambda: persona_form("soup"), "soup"),
    "help": (lambda: HelpDialog("Help", "Words", [HelpKey(key="F1", what="this")]), None),
}
BAD: list[Callable[[], ModalScreen[Any]]] = [
    lambda: SaveDialog(HOSTILE, HOSTILE),
    lambda: RenameDialog(HOSTILE, fallback=HOSTILE),
    lambda: BranchDialog(HOSTILE, turns=1, total=1),
    lambda: ConfirmDialog(HOSTILE, details=[HOSTILE] * 9, note=HOSTILE),
    lambda: RepriceDialog(reckoned(HOSTILE)),
    lambda: context_dialog(HOSTILE, pairs=0, there=0),
    lambda: ExportDialog(
        [("markdown", HOSTILE, ".md")], format="?", folder=HOSTILE, name=HOSTILE
    ),
    lambda: ResumeDialog([row(1, HOSTILE, model=HOSTILE, tags=(HOSTILE,))], now=now),
    lambda: TrashDialog([trashed(HOSTILE, HOSTILE)], now=now),
    lambda: HistoryDialog([step(HOSTILE)], now=now),
    lambda: MoveDialog([HOSTILE], what=HOSTILE),
    lambda: FolderDialog(HOSTILE, HOSTILE),
    lambda: ExtractDialog(HOSTILE, count=5),
    lambda: AttachDialog("/" + HOSTILE.replace("/", ""), read=folder_of(HOSTILE)),
    lambda: QueueDialog(Prompts(HOSTILE)),
    lambda: hostile_models(),
    lambda: SeveralModelsDialog(HOSTILE, marked=[HOSTILE], recent=[HOSTILE]),
    lambda: FirstRunDialog([Way(provider=HOSTILE, group=HOSTILE, what=HOSTILE, how=HOSTILE)]),
    lambda: KeyDialog(HOSTILE),
    lambda: VerdictNoteDialog(HOSTILE),
    lambda: TagsDialog([HOSTILE], in_use=[HOSTILE]),
    lambda: TagListDialog(Tags(HOSTILE), undoing=HOSTILE),
    lambda: OverBudgetDialog(HOSTILE),
    lambda: BudgetsDialog([spent(f"tag:{HOSTILE}")], [spent(f"folder:{HOSTILE}")], own=HOSTILE),
    lambda: RenameTagDialog(HOSTILE, [(HOSTILE, 2)]),
    lambda: ChooseCodeDialog([(HOSTILE, HOSTILE)]),
    lambda: LinksDialog([(HOSTILE, HOSTILE)]),
    lambda: OutlineDialog(asked(HOSTILE), current=HOSTILE, now=now),
    lambda: SaveCodeDialog(HOSTILE, Path(HOSTILE)),
    lambda: PromptsDialog([(HOSTILE, HOSTILE)], folder=HOSTILE),
    lambda: PersonasDialog(Personas(HOSTILE), standing=HOSTILE),
    lambda: persona_form(HOSTILE),
    lambda: ParamsDialog(Params(HOSTILE), about=HOSTILE),
    lambda: HelpDialog(HOSTILE, "words", [HelpKey(key=HOSTILE, what=HOSTILE, group=HOSTILE)]),
]  # fmt: skip


def spent(scope: str) -> Standing:
    return Standing(budget=parse(scope, "20"), spent=Cost(19 * 10**9, 3, 2))


def folder_of(name: str) -> Callable[[str], Listing]:
    return lambda folder: Listing((Entry(name, is_folder=False, size=12, modified=1e9),))


def asked(*prompts: str) -> Session:
    """A session in which these were asked, each with a long answer."""
    answer = Message(role="assistant", content="Yes.\n" * 30)
    turns = (
        Turn(id=f"t{number}", messages=(Message(role="user", content=prompt), answer))
        for number, prompt in enumerate(prompts)
    )
    return Session(id="s", turns=tuple(turns))


class Prompts:
    """Prompts that wait, and nobody sends."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def prompts(self) -> Sequence[tuple[str, str]]:
        return [(f"q{number}", text) for number, text in enumerate(self._texts)]

    def cancel(self, queued_id: str) -> None:
        raise AssertionError("nobody asked for this")

    def send_first(self, queued_id: str) -> None:
        raise AssertionError("nobody asked for this")


class Tags:
    """Tags that nobody changes."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def counted(self) -> Sequence[tuple[str, int]]:
        return [(name, 3) for name in self._names]

    def rename(self, tag: str, new: str) -> Work:
        raise AssertionError("nobody asked for this")

    def remove(self, tag: str) -> Work:
        raise AssertionError("nobody asked for this")

    def changed(self) -> None:
        raise AssertionError("nothing did")


class Personas:
    """Personas that nobody changes."""

    place = HOSTILE

    def __init__(self, *names: str) -> None:
        self._names = names

    def all(self) -> Sequence[Persona]:
        return [persona(name) for name in self._names]

    def save(self, persona: Persona, former: str | None) -> None:
        raise AssertionError("nobody asked for this")

    def delete(self, name: str) -> None:
        raise AssertionError("nobody asked for this")

    def pick_model(self, then: Callable[[str | None], None]) -> None:
        raise AssertionError("nobody asked for this")


class Params:
    """Parameters that nobody changes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def rows(self) -> Sequence[Parameter]:
        return [Parameter("a", self._text, self._text, self._text, (self._text,))]

    def named(self, text: str) -> Parameter:
        raise AssertionError("nobody asked for this")

    def set(self, key: str, text: str) -> None:
        raise AssertionError("nobody asked for this")

    def remove(self, key: str) -> None:
        raise AssertionError("nobody asked for this")


def persona(name: str) -> Persona:
    extra = {"stop": HOSTILE, "further": HOSTILE}
    return Persona(name=name, model=HOSTILE, system=HOSTILE, params=ModelParams(extra=extra))


def persona_form(name: str) -> PersonaForm:
    return PersonaForm(name, persona(name), save=lambda persona: None, pick_model=lambda then: None)


def hostile_models() -> ModelsDialog:
    dialog = ModelsDialog(current=HOSTILE, favourites=[HOSTILE], asked=[HOSTILE])
    dialog.show_models([KnownModel(provider=HOSTILE, name=HOSTILE, title=HOSTILE)])
    dialog.heard("openai", HOSTILE)
    return dialog


@pytest.mark.parametrize("name", DIALOGS)
async def test_enter_takes_what_is_proposed(name: str) -> None:
    make, expected = DIALOGS[name]
    host = Host(make)
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [expected]


@pytest.mark.parametrize("name", DIALOGS)
async def test_enter_typed_twice_in_one_burst_is_one_answer(name: str) -> None:
    make, expected = DIALOGS[name]
    host = Host(make)
    async with host.run_test() as pilot:
        await pilot.pause()
        for _ in range(3):
            host.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        await pilot.pause()
        assert host.answers == [expected]


@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (20, 6)])
async def test_escape_leaves_without_an_answer_in_any_window(
    name: str, size: tuple[int, int]
) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert host.answers == [None]


@pytest.mark.parametrize("name", DIALOGS)
async def test_the_keys_are_named_in_a_small_window(name: str) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        assert "enter " in host.text()
        assert f"esc {host.screen.LEAVE}" in host.text()


@pytest.mark.parametrize("name", ["save", "rename", "branch"])
async def test_the_line_to_be_typed_is_seen_in_the_smallest_window(name: str) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        line = host.screen.line
        whole, clip = host.screen.find_widget(line).region, host.screen.find_widget(line).clip
        assert whole.height == 1
        assert clip.contains_region(whole)


@pytest.mark.parametrize("make", BAD)
async def test_hostile_text_in_a_dialog_is_neither_markup_nor_sent_to_the_terminal(
    make: Callable[[], ModalScreen[Any]],
) -> None:
    host = Host(make)
    async with host.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("down", "up")
        await pilot.pause()
        text = host.text()
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert "[/nope]" in text


async def test_a_click_beside_the_box_leaves() -> None:
    host = Host(DIALOGS["rename"][0])
    async with host.run_test() as pilot:
        await pilot.click(offset=(0, 0))
        await pilot.pause()
        assert host.answers == [None]


async def test_rebound_keys_are_named_as_they_are_bound() -> None:
    host = Host(DIALOGS["models"][0])
    host.set_keymap({"models.favourite": "f3"})
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "f3 favourite" in host.text()


@pytest.mark.parametrize(("size", "fewest"), [((80, 24), 7), ((60, 16), 5), ((40, 12), 3)])
async def test_a_preview_leaves_room_for_the_list(size: tuple[int, int], fewest: int) -> None:
    host = Host(lambda: OutlineDialog(asked(*"abcdefghij"), current=None, now=now))
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        rows = host.screen.query_one(ChoiceList)
        assert rows.size.height > fewest
