"""Text of several lines, as TextArea edits it, without a way in which that ends the program."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widgets import TextArea


class ManyLines(TextArea):
    """A TextArea that takes back and does again whatever was written."""

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Undo and redo take lines out before they move the cursor: where that hides the scroll bar, the
        cursor would be looked for in a line that is no more. They ask again once it stands right."""
        row, column = self.cursor_location
        document = self.document
        if row >= document.line_count or column > len(document.get_line(row)):
            return Offset(0, 0)
        return super().scroll_cursor_visible(center, animate)
