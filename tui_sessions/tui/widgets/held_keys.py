"""Keys that arrive behind enter before that was acted on: a burst of them, as where several lines are pasted in a
terminal that does not say so. Each is acted on once all that enter set off is done, in the order of typing."""

from __future__ import annotations

from textual import events
from textual.dom import DOMNode
from textual.widget import Widget


class HoldsKeys(Widget):
    """A widget that posts what enter means, for others above it to act on."""

    _is_holding = False
    _held: tuple[events.Key | events.Paste, ...] = ()

    def hold_keys(self) -> None:
        """From now on, until everybody above has acted on what was posted before this."""
        if not self._is_holding:
            self._is_holding = True
            self.call_later(self._acted, self)

    def is_held(self, event: events.Key | events.Paste) -> bool:
        """Whether the event is kept for later; it is done with then."""
        if not self._is_holding:
            return False
        event.stop()
        event.prevent_default()
        self._held += (event,)
        return True

    def _acted(self, node: DOMNode) -> None:
        """`node` has acted; the message is with the one above it by now."""
        above = node.parent
        if above is None:
            self.call_later(self._type_held)
        else:
            above.call_later(self._acted, above)

    async def _type_held(self) -> None:
        held, self._held, self._is_holding = self._held, (), False
        for event in held:
            await self.on_event(_again(event))


def _again(event: events.Key | events.Paste) -> events.Key | events.Paste:
    """The same, not acted on yet."""
    if isinstance(event, events.Key):
        return events.Key(event.key, event.character)
    return events.Paste(event.text)
