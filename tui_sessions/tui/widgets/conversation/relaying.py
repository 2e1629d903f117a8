"""What lays a conversation out again as a whole: folds, the branches that begin in it, its pictures."""

from __future__ import annotations

from collections.abc import Mapping

from tui_sessions.tui.widgets.conversation.pictures import KeptPictures, Pictures
from tui_sessions.tui.widgets.conversation.slots import Key, Setting, long_messages, turn_fold
from tui_sessions.tui.widgets.conversation.view import ConversationView


class RelayingView(ConversationView):
    """Keeps the reader's place while all is laid out anew."""

    @property
    def forks(self) -> Mapping[str, int]:
        """How many other paths begin after a turn, by its id: set by the owner, shown below the turn."""
        return self._layout.setting.forks

    @forks.setter
    def forks(self, forks: Mapping[str, int]) -> None:
        if forks != self.forks:
            self._relay(self._layout.setting._replace(forks=dict(forks)))

    @property
    def pictures(self) -> Pictures | None:
        """Gives the bytes of attached pictures by their hash; None: pictures are only named."""
        kept = self._layout.setting.pictures
        return kept.give if kept is not None else None

    @pictures.setter
    def pictures(self, pictures: Pictures | None) -> None:
        kept = KeptPictures(pictures) if pictures is not None else None
        self._relay(self._layout.setting._replace(pictures=kept))

    def fold_all(self) -> int:
        """Fold every message that is longer than the pane, or unfold all where they are folded; how many
        there are."""
        session = self._layout.session
        if session is None or self._page.height <= 0:
            return 0
        live = self._layout.live
        found = long_messages(session, self._layout.setting.width, self._page.height)
        keys = {key for key in found if live is None or key[0] != live.turn_id}
        if keys <= self._folds.closed:
            self._folds.closed.clear()
        else:
            self._folds.closed |= keys
            self._folds.opened -= keys
        self._relay(self._layout.setting)
        return len(keys)

    def action_fold_all(self) -> None:
        """Fold all long messages, or unfold them."""
        if not self.fold_all():
            self.notify("No message here is longer than the pane.", markup=False)

    def _relay(self, setting: Setting) -> None:
        place = None if self._follows else self._layout.place(self._top)
        self._layout.relay(setting)
        self._top = (self._layout.anchor(*place) if place else None) or self._top
        self._painter.forget()
        self._settle()

    def _turn_fold(self, key: Key) -> None:
        """The next fold of a message, its rows in view staying where they are."""
        slot = self._layout.slot_of(key[0])
        if slot is None:
            return
        place = self._layout.place(self._top)
        live = self._layout.live
        is_live = live is not None and live.turn_id == key[0]
        turn_fold(self._folds, key, self._layout.slot(slot), may_close=not is_live)
        self._layout.forget(slot)
        self._follows = False
        self._top = self._layout.anchor(*place) or self._top
        self._settle()
