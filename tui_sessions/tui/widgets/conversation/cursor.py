"""The message cursor of the conversation: which message the keys mean, and the way to the next one."""

from __future__ import annotations

from collections import Counter

from textual.geometry import Offset

from tui_sessions.model.message import Message
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.finding_view import FindingView
from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.slots import Key, live_number


class CursorView(FindingView):
    """Knows the message that keys act on: the one that was gone to, else the last in view."""

    @property
    def current_turn_id(self) -> str | None:
        """The turn that keys act on."""
        key = self._current()
        return key[0] or None if key else None

    @property
    def reading_place(self) -> Offset | None:
        """Where on the screen the message that keys act on begins, or goes on."""
        current = self._current()
        rows = (y for y, anchor in enumerate(self._window) if self._key(anchor) == current)
        return self.content_region.offset + Offset(0, next(rows, 0))

    @property
    def current_number(self) -> int | None:
        """The place in its turn of the message that keys act on; None where it is none of a turn's."""
        key, turn = self._current(), self._turn()
        if key is None or turn is None or key[1] >= len(turn.messages):
            return None
        return key[1]

    @property
    def current_message(self) -> Message | None:
        """The message that keys act on."""
        key, turn, live = self._current(), self._turn(), self._layout.live
        if key is None or turn is None:
            return None
        if live is not None and live.turn_id == turn.id and key[1] == live_number(turn):
            return live.message
        return turn.messages[key[1]] if key[1] < len(turn.messages) else None

    def _turn(self) -> Turn | None:
        key = self._current()
        slot = self._layout.slot_of(key[0]) if key else None
        return self._layout.turn(slot) if slot else None

    def _current(self) -> Key | None:
        if self._chosen is not None or not self._window:
            return self._chosen
        if self._follows:
            return self._key(self._window[-1])
        return self._mostly_seen()

    def _mostly_seen(self) -> Key:
        """The last message of which at least half is in view, or that fills half of the view."""
        seen = Counter(
            self._key(anchor)
            for anchor in self._window
            if self._layout.part(anchor)[0].kind != "gap"
        )
        for key in reversed(seen):
            slot = self._layout.slot_of(key[0])
            whole = len(self._layout.slot(slot).rows_of(key[1])) if slot is not None else 0
            if 2 * seen[key] >= min(whole, self._page.height):
                return key
        return max(seen, key=seen.__getitem__) if seen else self._key(self._window[-1])

    def _neighbour(self, key: Key, step: int) -> tuple[int, int] | None:
        """The slot and number of the message before or after one."""
        layout = self._layout
        number = layout.slot_of(key[0])
        if number is None:
            return None
        messages = layout.slot(number).messages()
        index = messages.index(key[1]) + step if key[1] in messages else 0
        if 0 <= index < len(messages):
            return number, messages[index]
        number += step
        while 0 <= number <= layout.last:
            messages = layout.slot(number).messages()
            if messages:
                return number, messages[0 if step > 0 else -1]
            number += step
        return None

    def _choose(self, slot: int, message: int) -> None:
        """Put the message cursor on a message, and its beginning into view."""
        rows = self._layout.slot(slot).rows_of(message)
        turn = self._layout.turn(slot)
        self._chosen = (turn.id if turn else "", message)
        if Anchor(slot, rows.start) in self._window and Anchor(slot, rows.stop - 1) in self._window:
            self._redraw()
        else:
            self._go(Anchor(slot, rows.start))

    def go_to(self, turn_id: str, message: int = 0) -> bool:
        """Put the message cursor on a message, its beginning at the top; False where it is not there."""
        slot = self._layout.slot_of(turn_id)
        if not slot or message not in self._layout.slot(slot).messages():
            return False
        self._chosen = (turn_id, message)
        self._go(Anchor(slot, self._layout.slot(slot).rows_of(message).start))
        return True

    # keys

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self._scroll_by(rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages; a whole one keeps two rows in sight."""
        height = self._page.height
        rows = max(1, height - 2) if abs(pages) == 1 else max(1, height // 2)
        self._scroll_by(rows if pages > 0 else -rows)

    def action_beginning(self) -> None:
        """Go to the first row, and to the first message."""
        self._chosen = None
        self._go(Anchor(0, 0))
        if self._window:
            self._chosen = self._key(self._window[0])
            self._redraw()

    def action_end(self) -> None:
        """Go to the last row, and follow."""
        self.go_to_end()

    def action_message(self, step: int) -> None:
        """Go to the next or former message."""
        key = self._current()
        neighbour = self._neighbour(key, step) if key else None
        if neighbour is not None:
            self._choose(*neighbour)
        elif step > 0:
            self.go_to_end()
        else:
            self._go(Anchor(0, 0))

    def action_fold(self) -> None:
        """Show the thinking of the message, fold the message, and back, in turn."""
        if (key := self._current()) is not None:
            self._chosen = key
            self._turn_fold(key)
