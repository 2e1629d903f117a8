"""The words round a message: who, when, how long, how much, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rich.cells import cell_len

from tui_sessions.model.answers import answers, position, standing_answer
from tui_sessions.model.attachment import about
from tui_sessions.model.charges import own_cost
from tui_sessions.model.display import shown_cost, shown_count, shown_duration, shown_size
from tui_sessions.model.message import Message, Part
from tui_sessions.model.messages import EDITED, is_bookmarked
from tui_sessions.model.persona_name import persona_of
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.lines import MUTED, Line, Look, Run, cropped, line_cells
from tui_sessions.tui.widgets.conversation.wrap import steady

YOU, ASSISTANT, WARNING, ERROR = Look("you"), Look("assistant"), Look("warning"), Look("error")
BOOKMARK, ATTACHED = "◈", "▣"
HINTS: Mapping[str, str] = {
    "retry": "r",
    "continue": "R",
    "fold": "space",
    "end": "G",
    "former_path": "<",
    "next_path": ">",
}
"""Keys named in hints, where the owner gives no others."""
_LONGEST_ERROR = 2_000
_LEAST_WHO = 16
"""Cells that who is speaking keeps before a figure is shown."""


def user_header(message: Message, width: int, *, day_before: date | None) -> Line:
    """`you  09:12`, with the day where it is another one."""
    when = _when(message, day_before)
    runs = [("you", YOU), *([(f"  {when}", MUTED)] if when else []), *_marks(message)]
    return cropped(tuple(runs), width, ellipsis=True)


def other_header(message: Message, width: int) -> Line:
    """A message that is neither the user's nor the assistant's."""
    runs = ((clean_line(message.role) or "?", MUTED), *_marks(message))
    return cropped(runs, width, ellipsis=True)


def answer_header(turn: Turn, message: Message, width: int, *, model: str | None) -> Line:
    """`assistant · gpt-4o-mini · 2/3`, and on the right `09:13 · 1.4 s · 187 tok · $0.0034`."""
    left = _who(message.model or model)
    if turn.alternatives and message is turn.answer:
        left.append((f" · {position(turn) + 1}/{len(answers(turn))}", MUTED))
    left += _marks(message)
    prompt = turn.prompt.timestamp if turn.prompt else None
    when = _when(message, prompt.astimezone().date() if prompt else None)
    figures = _figures(turn) if message is turn.answer else []
    return _spread(left, [when, *figures] if when else figures, width)


def attachment_line(part: Part, width: int) -> Line:
    """`▣ cat.png · image · 34 kB`."""
    file = about(part)
    kind = (file.mime or "").partition("/")[0] if part.kind != "file" else ""
    facts = [kind or clean_line(file.mime or part.kind)]
    facts += [] if file.size is None else [shown_size(file.size)]
    told = (f" · {fact}" for fact in facts if fact)
    line = ((f"{ATTACHED} {steady(file.shown_name)}", Look("image")), ("".join(told), MUTED))
    return cropped(line, width, ellipsis=True)


def verdict_line(turn: Turn) -> tuple[Run, ...]:
    """What was thought of the answers: `✓ chosen over gpt-4o-mini`; nothing where there is no verdict."""
    if not turn.extra:
        return ()
    # Imported when a turn has one to look for: the first paint does not wait for it.
    from tui_sessions.model.comparisons import verdict

    found = verdict(turn)
    if found is None:
        return ()
    others = ", ".join(map(_short, found.over))
    match found.result:
        case "chosen":
            answer = standing_answer(turn)
            is_it = answer is not None and found.is_for(answer)
            chosen = "✓ chosen" if is_it else f"✓ chosen: {_short(found.chosen)}"
            said = f"{chosen} over {others}" if others else chosen
        case "tie":
            said = f"= as good as {others}" if others else "= the answers are even"
        case "none":
            said = "✗ no answer was good"
        case _:
            said = "✎"
    note = clean_line(found.note)
    return ((f"{said} — {note}" if note else said, MUTED),)


def fork_line(others: int, hints: Mapping[str, str]) -> tuple[Run, ...]:
    """`⑂ 2 other paths · < >`."""
    keys = f"{hints['former_path']} {hints['next_path']}"
    return ((f"⑂ {others:,} other {_plural('path', others)} · {keys}", MUTED),)


def live_header(model: str | None, width: int, *, is_ended: bool, persona: str = "") -> Line:
    """The header of an answer that is arriving."""
    whose = [(f" · @{clean_line(persona)}", MUTED)] if persona else []
    return _spread([*_who(model), *whose], [] if is_ended else ["answering"], width)


def thinking_line(words: int, *, is_open: bool) -> Line:
    """The folded thinking."""
    return ((f"{'▾' if is_open else '▸'} thinking · {words:,} {_plural('word', words)}", MUTED),)


def folded_line(rows: int, hints: Mapping[str, str]) -> Line:
    """What stands for the folded rest of a message."""
    return ((f"▸ {rows:,} more {_plural('line', rows)} · {hints['fold']}", MUTED),)


def ending(turn: Turn, hints: Mapping[str, str]) -> tuple[Run, ...]:
    """How an answer ended, where it is not simply done; nothing otherwise."""
    go_on = f"press {hints['continue']} to continue, {hints['retry']} to try again"
    again = f"{hints['retry']} to retry"
    match turn.finish:
        case "stop":
            return ()
        case None:
            waits = turn.answer is None and turn.prompt is not None
            return ((f"no answer — {again}", MUTED),) if waits else ()
        case "cancelled":
            waited = clean(turn.error or "")[:_LONGEST_ERROR].strip()
            return ((f"■ stopped{': ' if waited else ''}{waited}", WARNING), (f" — {go_on}", MUTED))
        case "interrupted":
            return (("■ interrupted", WARNING), (f" — {go_on}", MUTED))
        case "length":
            return (("■ cut at the length limit", WARNING), (f" — {go_on}", MUTED))
        case "pause":
            return (("■ paused by the server", WARNING), (f" — {go_on}", MUTED))
        case "filter":
            return (("■ withheld by the provider's filter", WARNING), (f" — {again}", MUTED))
        case "tool":
            return (("■ stopped to call a tool, which is not done here", WARNING),)
        case "error":
            words = clean(turn.error or "the answer failed")[:_LONGEST_ERROR].strip()
            return ((f"✗ {words}", ERROR), (f" — {again}", MUTED))
        case other:
            return ((f"■ ended: {clean_line(other)}", WARNING),)


def word_count(text: str) -> int:
    """Words."""
    return len(text.split())


def _when(message: Message, day_before: date | None) -> str:
    if message.timestamp is None:
        return ""
    local = message.timestamp.astimezone()
    return f"{local:%H:%M}" if local.date() == day_before else f"{local:%Y-%m-%d %H:%M}"


def _marks(message: Message) -> list[Run]:
    """The persona that was asked, whether the words were changed later, and the bookmark."""
    persona = persona_of(message)
    marks = [f"@{clean_line(persona)}"] if persona else []
    marks += ["edited"] if message.extra.get(EDITED) else []
    runs = [(f" · {mark}", MUTED) for mark in marks]
    return [*runs, (f" {BOOKMARK}", Look("marker"))] if is_bookmarked(message) else runs


def _short(model: str) -> str:
    return clean_line(model).rpartition("/")[2] or "?"


def _who(model: str | None) -> list[Run]:
    name = clean_line(model or "").rpartition("/")[2]
    return [("assistant", ASSISTANT), *([(f" · {name}", MUTED)] if name else [])]


def _figures(turn: Turn) -> list[str]:
    """Time, tokens, cost, in the order in which they may be left out."""
    if turn.inherited:
        return ["inherited"]
    figures = [] if turn.latency_ms is None else [shown_duration(turn.latency_ms)]
    tokens = turn.usage.completion_tokens if turn.usage else None
    cost = own_cost(turn)
    return [*figures, f"{shown_count(tokens)} tok", shown_cost(cost)]


def _spread(left: list[Run], figures: list[str], width: int) -> Line:
    """`left`, and at the right edge as many of the `figures` as there is room for, the last first. For
    that one a long name is cut."""
    used = line_cells(left)
    for first in range(len(figures)):
        right = " · ".join(figures[first:])
        gap = width - used - cell_len(right)
        if gap >= 2:
            return (*left, (" " * gap + right, MUTED))
    last = f"  {figures[-1]}" if figures else ""
    room = width - cell_len(last)
    if room < _LEAST_WHO:
        return cropped(tuple(left), width, ellipsis=True)
    who = cropped(tuple(left), room, ellipsis=True)
    return (*who, (" " * (room - line_cells(who)) + last, MUTED))


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
