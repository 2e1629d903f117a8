"""Tags as words in a row, with room to type another one behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style as VisualStyle

from tui_sessions.model.tags import split_tags, tidy_tag
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.field_editors import (
    UNDO_KEYS,
    Editing,
    Settled,
    Typed,
    UndoWanted,
    completed,
)
from tui_sessions.tui.widgets.tag_colours import tag_colour


class TagEditor(Editing, can_focus=True):
    """Words; comma or enter adds the typed one, backspace removes the last, right completes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tag-editor--tag",
        "tag-editor--hint",
        "tag-editor--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "add", "Add", id="tags.add"),
        Binding("backspace", "remove_last", "Remove the last", id="tags.remove", show=False),
        Binding("right,end", "complete", "Complete", id="tags.complete", show=False),
        Binding("ctrl+u,ctrl+w", "forget", "Clear the word", id="tags.clear", show=False),
        Binding(UNDO_KEYS, "undo", "Undo field", id="details.undo"),
    ]
    DEFAULT_CSS = """
    TagEditor { width: 1fr; height: auto; min-height: 1; color: $foreground; }
    TagEditor:focus { background: $foreground 10%; }
    TagEditor > .tag-editor--tag { background: $foreground 12%; }
    TagEditor > .tag-editor--hint { color: $text-muted; }
    TagEditor > .tag-editor--cursor { background: $input-cursor-background; color: $input-cursor-foreground; }
    """

    tags: reactive[tuple[str, ...]] = reactive((), layout=True)
    typed = reactive("", layout=True)

    def __init__(self, hint: str = "add a tag") -> None:
        super().__init__()
        self.words: Sequence[str] = ()
        """Tags in use, most used first."""
        self._hint = hint

    @property
    def text(self) -> str:
        """All tags with commas, the one being typed included."""
        return ", ".join((*self.tags, *split_tags(self.typed)))

    def put(self, text: str) -> None:
        """Shows the tags of a text with commas."""
        self.tags, self.typed = split_tags(text), ""

    @property
    def suggestion(self) -> str:
        """The tag in use that the typed word begins, "" where none does."""
        free = [word for word in self.words if clean_line(word) not in self.tags]
        return completed(self.typed.lstrip(" #"), free) or ""

    def render(self) -> Content:
        """The words, then the typed one with what would complete it."""
        tag, hint, cursor = (
            self.get_visual_style(f"tag-editor--{name}") for name in ("tag", "hint", "cursor")
        )
        parts: list[Content] = []
        for name in self.tags:
            # Words are kept whole when the row wraps.
            shown = " ".join(clean_line(name).split()).replace(" ", "\u00a0")
            colour = VisualStyle(foreground=tag_colour(name, tag.background))
            parts += [Content.styled(f"\u00a0{shown}\u00a0", tag + colour), Content(" ")]
        if not self.has_focus:
            if not self.tags:
                parts.append(Content.styled(self._hint, hint))
            return Content.assemble(*parts)
        rest = self.suggestion[len(self.typed.lstrip(" #")) :]
        parts += [Content(clean_line(self.typed)), Content.styled(rest[:1] or " ", cursor)]
        parts.append(Content.styled(rest[1:], hint))
        if not self.typed:
            parts.append(Content.styled(self._hint, hint))
        return Content.assemble(*parts)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are typed, not keys of the panes around."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Types a letter; a comma ends the word."""
        if not event.is_printable or event.character is None:
            return
        event.stop()
        event.prevent_default()
        if event.character == ",":
            self._take(self.typed)
        else:
            self.typed += event.character
        self.post_message(Typed())

    def on_paste(self, event: events.Paste) -> None:
        """Pasted words become tags; the last stays to be typed on."""
        event.stop()
        *whole, last = clean_line(event.text).split(",")
        self._take(",".join([self.typed + whole[0], *whole[1:]]) if whole else "")
        self.typed = last.strip() if whole else self.typed + last
        self.post_message(Typed())

    def action_add(self) -> None:
        """Adds the typed word; enter with nothing typed settles the field."""
        is_done = not self.typed.strip()
        self._take(self.typed)
        self.post_message(Settled(is_done=is_done))

    def action_complete(self) -> None:
        """Takes over the suggestion."""
        if suggestion := self.suggestion:
            self.typed = suggestion
            self.post_message(Typed())

    def action_remove_last(self) -> None:
        """Removes a letter, or the last tag where nothing is typed."""
        if self.typed:
            self.typed = self.typed[:-1]
        else:
            self.tags = self.tags[:-1]
        self.post_message(Typed())

    def action_forget(self) -> None:
        """Clears the typed word."""
        self.typed = ""

    def action_undo(self) -> None:
        """Takes back what is typed, added and removed, then asks for the value before."""
        if self.is_typed:
            self.put(self.loaded)
        else:
            self.post_message(UndoWanted())

    def on_focus(self) -> None:
        """The room to type shows only while it is used."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """A word that was typed and not entered is meant too."""
        self._take(self.typed)
        self.refresh(layout=True)

    def _take(self, text: str) -> None:
        present = {tag.casefold() for tag in self.tags}
        new = tuple(tag for tag in split_tags(text) if tidy_tag(tag).casefold() not in present)
        self.tags, self.typed = (*self.tags, *new), ""
