"""What a look over the library found: by how bad it is, with what is wrong and what mends it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.codec.salvage import Salvaged, told
from tui_sessions.errors import UsageError
from tui_sessions.model.findings import ERROR, NOTE, WARNING, Finding, Report, kind_words, summary
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import MarkingDialog, PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

MOST_SINGLY = 200
"""Of one kind; more of them stand in one row."""
MOST_MESSAGES = 2_000
_PATH_CELLS = 40
_GROUPS = {
    ERROR: "cannot be read or saved",
    WARNING: "should be mended",
    NOTE: "worth knowing",
}


class DoctorChoice(msgspec.Struct, frozen=True, kw_only=True):
    """To mend these findings, or to look into the damaged file of one."""

    action: Literal["mend", "look"]
    findings: tuple[Finding, ...] = ()


class DoctorDialog(MarkingDialog[DoctorChoice]):
    """The result says what is to be done; what that would do is shown by the owner first."""

    VERB = "look into it"
    LEAVE = "close"
    KEYS = (("doctor.mark", "space", "mark"), ("doctor.mend", "ctrl+r", "repair"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="doctor.mark"),
        Binding("ctrl+r", "mend", "Repair", id="doctor.mend", priority=True),
    ]

    def __init__(self, report: Report) -> None:
        choices = Choices(
            heads=("kind",),
            yielding=(0,),
            placeholder="file or kind",
            empty="All is well." if not report.findings else "Nothing fits.",
            noun=("finding", "findings"),
            is_markable=True,
        )
        self._by_key = dict(_grouped(report.findings))
        super().__init__(
            "The library, looked over", choices, list(map(_choice, self._by_key.items()))
        )
        self._summary = summary(report)
        self._preview = Static("", id="finding", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """What was found in all, the list, what is wrong with the row under the cursor."""
        yield Static(clean_line(self._summary), classes="dialog--note", markup=False)
        yield self.choices
        yield self._preview

    def picked(self, key: str) -> DoctorChoice:
        """Look into a damaged file; anything else is mended."""
        findings = self._by_key[key]
        if _is_to_look_into(findings):
            return DoctorChoice(action="look", findings=findings)
        if not any(finding.by for finding in findings):
            raise UsageError("That cannot be mended from here.")
        return DoctorChoice(action="mend", findings=findings)

    def on_moved(self, key: str | None) -> None:
        """Tell what is wrong, what the cure does, and what enter does here."""
        findings = self._by_key.get(key or "", ())
        self.offer("look into it" if _is_to_look_into(findings) else "repair this")
        self._preview.update("\n".join(_told(findings)))

    def action_mend(self) -> None:
        """The marked ones, else all that can be repaired."""
        keys = self._marked or self._by_key
        meant = tuple(finding for key in keys for finding in self._by_key[key])
        if not self._marked:
            meant = tuple(finding for finding in meant if finding.by == "repair")
        if any(finding.by for finding in meant):
            self.dismiss(DoctorChoice(action="mend", findings=meant))
        else:
            self.complain("There is nothing here that can be repaired.")


class SalvageDialog(PickerDialog[bool]):
    """What can be read of a damaged file; the result is True where it is to be written beside it."""

    VERB = "write it beside the file"
    LEAVE = "close"

    def __init__(self, path: str, found: Salvaged, *, beside: str = "") -> None:
        """`beside` is where it stands already."""
        choices = Choices(
            heads=("",),
            yielding=(0,),
            placeholder="in what can be read",
            empty="Nothing of a conversation can be read in it.",
            noun=("message", "messages"),
        )
        super().__init__(path, choices, list(_messages(found)))
        self._is_new = not beside and found.session is not None
        if not self._is_new:
            self.VERB = "close"
        self._lines = list(found.reasons)
        if found.session is not None:  # else the list says it
            self._lines.append(f"{told(found).capitalize()}.")
        if beside:
            self._lines.append(f"It stands in {beside}.")
        self._whole = Static("", id="finding", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """What is wrong with the file, what can be read."""
        yield Static("\n".join(map(clean_line, self._lines)), classes="dialog--note", markup=False)
        yield self.choices
        yield self._whole

    def picked(self, key: str) -> bool:
        """Yes, unless it stands there already."""
        return self._is_new

    def answer(self) -> bool:
        """The same where nothing can be read."""
        return self._is_new


def _is_to_look_into(findings: tuple[Finding, ...]) -> bool:
    return len(findings) == 1 and findings[0].kind in ("damaged", "recovered")


def _grouped(findings: Iterable[Finding]) -> Iterable[tuple[str, tuple[Finding, ...]]]:
    """Rows of findings by key; a kind of which there are very many is one row."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, []).append(finding)
    number = 0
    for of_kind in kinds.values():
        alone = len(of_kind) <= MOST_SINGLY
        for group in ((f,) for f in of_kind) if alone else (tuple(of_kind),):
            yield f"finding:{number}", group
            number += 1


def _choice(row: tuple[str, tuple[Finding, ...]]) -> Choice:
    key, findings = row
    first = findings[0]
    if len(findings) > 1:
        text, column = kind_words(first.kind, len(findings)), ""
    else:
        text, column = (
            first.path or "the library itself",
            kind_words(first.kind, 1).partition(" ")[2],
        )
    return Choice(
        key,
        clean_line(text),
        (cropped(column, _PATH_CELLS),),
        group=_GROUPS[first.severity],
        also=first.what,
        is_quiet=first.severity == NOTE,
    )


def _told(findings: tuple[Finding, ...]) -> list[str]:
    if not findings:
        return []
    first = findings[0]
    if len(findings) > 1:
        named = ", ".join(clean_line(finding.path) or "the library" for finding in findings[:4])
        return [f"{named} …", clean_line(first.cure)]
    return [line for line in (clean_line(first.what), clean_line(first.cure)) if line]


def _messages(found: Salvaged) -> Iterable[Choice]:
    if found.session is None:
        return
    number = 0
    for turn in found.session.turns:
        for message in turn.messages:
            said = message.text.strip()
            yield Choice(
                f"message:{number}",
                clean_line(f"{message.role}: {said[:400]}"),
                ("in part" if message.extra.get("damaged") else "",),
            )
            number += 1
            if number == MOST_MESSAGES:
                return
