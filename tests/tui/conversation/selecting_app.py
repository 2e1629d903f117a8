"""A conversation inside the keys that select in it, and words for talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from conversation_app import Alone, posted, seen
from textual.app import ComposeResult
from textual.pilot import Pilot

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation.select_keys import SelectKeys
from tui_sessions.tui.widgets.conversation.widget import Conversation

MARKDOWN = """\
# Title of it

A **bold** word, a [link](https://example.org/page) and a paragraph that is long enough to be broken \
over several rows of any pane that is not very wide.
Second line.

- first item, which is broken too where the pane is as narrow as this one
  - inner item
- second item

> quoted words that go on and on until the row is full and they go on below

```python
def f(x):
    if x:
\treturn "a long string that does not fit into the row of a narrow pane, so it is wrapped"

    return 1
```

| a | b |
|---|--:|
| 1 | 2 |

The end."""

READ = """\
Title of it

A bold word, a link (https://example.org/page) and a paragraph that is long enough to be broken \
over several rows of any pane that is not very wide.
Second line.

• first item, which is broken too where the pane is as narrow as this one
  ◦ inner item
• second item

quoted words that go on and on until the row is full and they go on below

def f(x):
    if x:
\treturn "a long string that does not fit into the row of a narrow pane, so it is wrapped"

    return 1

a │ b
──┼──
1 │ 2

The end."""
"""What is read of it, and copied."""


class Round(Alone):
    """The pane inside its keys."""

    def compose(self) -> ComposeResult:
        with SelectKeys():
            yield self.pane


@asynccontextmanager
async def selecting(
    session: Session | None = None, size: tuple[int, int] = (60, 16), **options: Any
) -> AsyncIterator[tuple[Conversation, Pilot[None]]]:
    """A focused pane that shows `session`."""
    app = Round(**options)
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        app.pane.show(session)
        await pilot.pause()
        yield app.pane, pilot


def copied(conversation: Conversation) -> str:
    """What the pane gave away last."""
    asked = [m for m in posted(conversation) if isinstance(m, Conversation.CopyRequested)]
    return asked[-1].text if asked else ""


def chosen(conversation: Conversation) -> list[str]:
    """What is drawn as selected, row by row; the cursor belongs to it."""
    palette = conversation._painter.palette
    looks = {
        (style.bgcolor, style.color)
        for style in map(palette._base.__getitem__, ("selected", "caret"))
    }
    rows = []
    for y in range(conversation.size.height):
        parts = [
            segment.text
            for segment in conversation.render_line(y)
            if segment.style and (segment.style.bgcolor, segment.style.color) in looks
        ]
        if parts:
            rows.append("".join(parts))
    return rows


def place_of(conversation: Conversation, words: str) -> tuple[int, int]:
    """Column and row where words are seen."""
    for y, row in enumerate(seen(conversation)):
        if words in row:
            return row.index(words), y
    raise AssertionError(f"not seen: {words}")
