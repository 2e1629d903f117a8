"""Every dialog with something to show: what it answers where Enter takes what is proposed, and it with hostile text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dialog_values import HOSTILE, now, row
from textual.screen import ModalScreen

from tui_sessions.codec.encode import encode
from tui_sessions.codec.salvage import salvage
from tui_sessions.config.personas import Persona
from tui_sessions.model.audit import AuditLine
from tui_sessions.model.backups import BackupRow, ComingLine
from tui_sessions.model.budget import Standing, parse
from tui_sessions.model.findings import Finding, Report
from tui_sessions.model.known_model import KnownModel
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost
from tui_sessions.model.reprice import Deal, Reckoning, reckoning
from tui_sessions.model.results import TrashRow
from tui_sessions.model.session import Params as ModelParams
from tui_sessions.model.session import Session
from tui_sessions.model.steps import StepRow
from tui_sessions.model.turn import Turn
from tui_sessions.model.version import VersionRow
from tui_sessions.tui.folder_listing import Entry, Listing
from tui_sessions.tui.screens.attach import AttachDialog
from tui_sessions.tui.screens.audit import AuditDialog
from tui_sessions.tui.screens.backups import BackupChoice, BackupsDialog
from tui_sessions.tui.screens.branch import BranchDialog
from tui_sessions.tui.screens.budgets import BudgetsDialog, OverBudgetDialog
from tui_sessions.tui.screens.choose_code import ChooseCodeDialog
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.context_full import context_dialog
from tui_sessions.tui.screens.doctor import DoctorChoice, DoctorDialog, SalvageDialog
from tui_sessions.tui.screens.export import ExportChoice, ExportDialog
from tui_sessions.tui.screens.extract import ExtractDialog
from tui_sessions.tui.screens.first_run import FirstRunDialog
from tui_sessions.tui.screens.folder import FolderDialog
from tui_sessions.tui.screens.help import HelpDialog, HelpKey
from tui_sessions.tui.screens.history import HistoryDialog
from tui_sessions.tui.screens.interrupted import CutRow, InterruptedDialog
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
from tui_sessions.tui.screens.quit import QuitDialog
from tui_sessions.tui.screens.rename import RenameDialog
from tui_sessions.tui.screens.repricing import RepriceDialog
from tui_sessions.tui.screens.restore import RestoreChoice, RestoreDialog
from tui_sessions.tui.screens.resume import ResumeDialog
from tui_sessions.tui.screens.save import SaveDialog
from tui_sessions.tui.screens.save_code import SaveCodeDialog
from tui_sessions.tui.screens.save_elsewhere import SaveElsewhereDialog
from tui_sessions.tui.screens.tag_list import RenameTagDialog, TagListDialog, Work
from tui_sessions.tui.screens.tags import TagsDialog
from tui_sessions.tui.screens.tidying import ExpiryDialog, TidyDialog
from tui_sessions.tui.screens.trash import TrashChoice, TrashDialog
from tui_sessions.tui.screens.verdict_note import VerdictNoteDialog
from tui_sessions.tui.screens.versions import VersionsDialog
from tui_sessions.tui.ways import DEMO, Way

FORMATS = [("markdown", "Markdown", ".md"), ("csv", "CSV", ".csv")]


def trashed(title: str, path: str = "work/soup.json") -> TrashRow:
    return TrashRow(entry="e1", id="id1", title=title, path=path, deleted_at=now())


def audited(session: str) -> AuditLine:
    return AuditLine(at=now(), action="open", session=session, user="me")


def reckoned(model: str) -> Reckoning:
    deal = Deal(model=model, before=None, after=5)
    left = Deal(model=model, before=None, after=None, why=f"no price for {model}")
    return reckoning([("s", (deal, left))])


def broken(path: str) -> Finding:
    return Finding(
        kind="damaged", path=path, what=f"It is cut off: {path}.", severity="error", by="repair"
    )


def encoded(text: str) -> bytes:
    """What a file with that text would hold."""
    return encode(asked(text))


def step(label: str, **more: Any) -> StepRow:
    return StepRow(id="s1", at=now(), label=label, count=12, **more)


def version(title: str) -> VersionRow:
    differs = (f"title “{title}”", "1 turn less")
    return VersionRow(
        number=7, at=now(), size=1, turns=2, path="/v", title=title, is_ours=True, differs=differs
    )


def backed(name: str, trouble: str = "") -> BackupRow:
    return BackupRow(name=name, path=f"/b/{name}", at=now(), sessions=3, id="b", trouble=trouble)


def coming(title: str) -> ComingLine:
    return ComingLine(path="soup.json", place=title, id=title, title=title, relation="new")


def lost_line(number: int) -> Sequence[tuple[str, str]]:
    return (("-", f"{HOSTILE} {number}"), ("+", "x"))


DIALOGS: dict[str, tuple[Callable[[], ModalScreen[Any]], Any]] = {
    "save": (lambda: SaveDialog("soup", "/sessions"), "soup"),
    "quit": (lambda: QuitDialog("The answer", "The disk is full."), "quit"),
    "save elsewhere": (lambda: SaveElsewhereDialog("/soup.json", lambda path: path), "/soup.json"),
    "interrupted": (lambda: InterruptedDialog(Cuts("Soup")), "cut:Soup"),
    "rename": (lambda: RenameDialog("Soup"), "Soup"),
    "branch": (lambda: BranchDialog("Soup (2)", turns=2, total=5), "Soup (2)"),
    "confirm": (lambda: ConfirmDialog("Delete?", details=["Soup"], verb="delete"), True),
    "reprice": (lambda: RepriceDialog(reckoned("gpt-5")), True),
    "tidy": (lambda: TidyDialog("Tidy up?", ["3 go."], titles=["Soup"], note="Undo."), True),
    "expiry": (lambda: ExpiryDialog(["3 sessions go."]), "once"),
    "audit": (lambda: AuditDialog([audited("id1")], {"id1": "Soup"}, now=now), "id1"),
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
    "backups": (
        lambda: BackupsDialog([backed("Soup")], "/b", now=now),
        BackupChoice(action="look", path="/b/Soup"),
    ),
    "restore": (
        lambda: RestoreDialog("Soup", [coming("Soup")], [], now=now),
        RestoreChoice(paths=frozenset(("soup.json",))),
    ),
    "doctor": (
        lambda: DoctorDialog(Report(findings=(broken("soup.json"),), files=3)),
        DoctorChoice(action="look", findings=(broken("soup.json"),)),
    ),
    "salvage": (
        lambda: SalvageDialog("soup.json", salvage(b'{"role": "user", "content": "Soup')),
        True,
    ),
    "history": (lambda: HistoryDialog([step("tags of 12 sessions")], now=now), "s1"),
    "versions": (
        lambda: VersionsDialog([version("Soup")], title="Soup", passages=lost_line, now=now),
        7,
    ),
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
    lambda: QuitDialog(HOSTILE, HOSTILE),
    lambda: SaveElsewhereDialog(HOSTILE, lambda path: path),
    lambda: InterruptedDialog(Cuts(HOSTILE)),
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
    lambda: TidyDialog(HOSTILE, [HOSTILE], titles=[HOSTILE], note=HOSTILE),
    lambda: ExpiryDialog([HOSTILE]),
    lambda: AuditDialog([audited(HOSTILE)], {HOSTILE: HOSTILE}, now=now),
    lambda: HistoryDialog([step(HOSTILE)], now=now),
    lambda: DoctorDialog(Report(findings=(broken(HOSTILE), broken("x")))),
    lambda: SalvageDialog(HOSTILE, salvage(encoded(HOSTILE)[:-4]), beside=HOSTILE),
    lambda: BackupsDialog([backed(HOSTILE), backed(HOSTILE, HOSTILE)], HOSTILE, now=now),
    lambda: RestoreDialog(HOSTILE, [coming(HOSTILE)], [HOSTILE, HOSTILE], now=now),
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


class Cuts:
    """Cut answers about which nobody decides."""

    def __init__(self, *titles: str) -> None:
        self._titles = titles

    def rows(self) -> Sequence[CutRow]:
        return [
            CutRow(f"cut:{title}", title, "12 characters kept", now()) for title in self._titles
        ]

    def decide_about(self, key: str, answer: str) -> str:
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
