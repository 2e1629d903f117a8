"""Which panes show and which keys the bottom line names: folding by width, by key, and remembered."""

from __future__ import annotations

from typing import Any

import msgspec
from textual.screen import Screen
from textual.widget import Widget

from tui_sessions.tui.calm import is_calm
from tui_sessions.tui.widgets.key_bar import Keys
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.wiring import Services

FOCUS = {"left": "#tree", "middle": "#conversation", "details": "#details", "costs": "#costs"}
HOLDERS = {"left": "#left", "details": "#right", "costs": "#right"}
SIDES = ("left", "right")


class Panes:
    """Folds and focuses the panes of the main screen."""

    def __init__(self, screen: Screen[Any], services: Services) -> None:
        self._screen = screen
        self._services = services

    def restore(self) -> None:
        """Fold what was folded last time."""
        for name in self._services.state.folded_panes:
            if name in SIDES:
                self._screen.query_one(f"#{name}").add_class("-folded")

    def toggle(self, name: str) -> None:
        """Go to a pane; bring it first if it is folded, fold it if it has the focus already."""
        target = self._screen.query_one(FOCUS[name])
        holder = self._holder(name)
        if holder is None:
            self._focus_in(self._prompt if self._is_focused(target) else target)
        elif not holder.display:
            self._unfold(holder)
            self._focus_in(target)
        elif self._is_focused(target):
            self._focus_in(self._prompt)
            self._fold(holder)
        else:
            self._focus_in(target)

    def bring(self, name: str) -> None:
        """Show a pane, if it is folded."""
        holder = self._holder(name)
        if holder is not None and not holder.display:
            self._unfold(holder)

    def uncover(self) -> None:
        """In calm mode a side covers the conversation: it goes once the keys are meant for that."""
        middle = self._screen.query_one("#middle")
        if is_calm(self._screen.app) and middle.has_focus_within and not middle.display:
            for side in SIDES:
                self._screen.query_one(f"#{side}").remove_class("-unfolded")
            self._show_middle()

    def after_opening(self) -> None:
        """In a narrow window an opened session takes the place of the tree."""
        left = self._screen.query_one("#left")
        if self._is_narrow and left.has_class("-unfolded"):
            left.remove_class("-unfolded")
            self._show_middle()
        self._focus_in(self._prompt)

    def after_landing(self) -> None:
        """What was found is read, and walked through: the conversation has the keys."""
        self.after_opening()
        self._focus_in(self._screen.query_one(FOCUS["middle"]))

    def keys(self) -> Keys:
        """The keys of what has the focus, then those of the screen, help last."""
        focused = self._screen.focused
        shown: list[tuple[str, str]] = self._marks()
        own = self._screen.active_bindings.values()
        for is_focused in (True, False):
            for active in own:
                if not active.binding.show or (active.node is focused) != is_focused:
                    continue
                key = self._screen.app.get_key_display(active.binding)
                entry = (key, active.binding.description.lower())
                if entry[1] not in [what for _, what in shown]:
                    shown.append(entry)
        helps = [active.binding for active in own if active.binding.id == "app.help"]
        return (*shown, *((self._screen.app.get_key_display(key), "help") for key in helps[:1]))

    def _marks(self) -> list[tuple[str, str]]:
        """Where sessions are marked, every key means them: that is said first."""
        tree = self._screen.query_one("#tree", SessionTree)
        if not (tree.has_focus and tree.marked):
            return []
        own = self._screen.active_bindings.values()
        keys = [active.binding for active in own if active.binding.id == "tree.unmark"]
        what = f"clear {len(tree.marked):,} mark{'s' * (len(tree.marked) != 1)}"
        return [(self._screen.app.get_key_display(key), what) for key in keys[:1]]

    @property
    def _prompt(self) -> Widget:
        return self._screen.query_one("#prompt PromptArea")

    @property
    def _is_narrow(self) -> bool:
        """Whether one side at a time takes the place of the conversation, or a part of it."""
        classes = ("-narrow", "-tiny")
        return is_calm(self._screen.app) or any(map(self._screen.has_class, classes))

    def _holder(self, name: str) -> Widget | None:
        return self._screen.query_one(HOLDERS[name]) if name in HOLDERS else None

    def _is_focused(self, target: Widget) -> bool:
        return target.has_focus or target.has_focus_within

    def _focus_in(self, target: Widget) -> None:
        # Not `focus()`, which waits its turn: the next key would still go to the pane before.
        if target.focusable:
            self._screen.set_focus(target)
        else:
            first = next((child for child in target.walk_children(Widget) if child.focusable), None)
            if first is not None:
                self._screen.set_focus(first)

    def _unfold(self, holder: Widget) -> None:
        holder.remove_class("-folded")
        holder.add_class("-unfolded")
        if self._is_narrow:
            for side in SIDES:
                other = self._screen.query_one(f"#{side}")
                if other is not holder:
                    other.remove_class("-unfolded")
        self._show_middle()
        self._remember()

    def _fold(self, holder: Widget) -> None:
        holder.remove_class("-unfolded")
        holder.add_class("-folded")
        self._show_middle()
        self._remember()

    def _show_middle(self) -> None:
        """In calm mode the conversation goes while a side is there: one thing is read at a time."""
        sides = (self._screen.query_one(f"#{side}") for side in SIDES)
        self._screen.set_class(any(side.has_class("-unfolded") for side in sides), "-side")

    def _remember(self) -> None:
        folded = tuple(
            side for side in SIDES if self._screen.query_one(f"#{side}").has_class("-folded")
        )
        self._services.remember(lambda state: msgspec.structs.replace(state, folded_panes=folded))
