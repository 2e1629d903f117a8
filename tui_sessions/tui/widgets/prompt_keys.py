"""The keys of the prompt, every one with an id. Editing keys are TextArea's, less those that the screen needs."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def _quiet(keys: str, action: str, description: str, name: str) -> Binding:
    return Binding(keys, action, description, show=False, id=f"prompt.{name}")


BINDINGS: list[BindingType] = [
    Binding("enter", "enter", "Send", id="prompt.send"),
    Binding("shift+enter,ctrl+j,alt+enter", "other_enter", "New line", id="prompt.newline"),
    Binding("ctrl+o", "editor", "Editor", id="prompt.editor"),
    _quiet("ctrl+g", "attach", "Attach files", "attach"),
    _quiet("alt+up", "edit_queued", "Edit the prompt that waits", "edit_queued"),
    _quiet("tab", "complete", "Complete, or next pane", "complete"),
    _quiet("escape", "escape", "Close the list, stop", "escape"),
    _quiet("up", "cursor_up", "Up, earlier prompt", "up"),
    _quiet("down", "cursor_down", "Down, later prompt", "down"),
    _quiet("left", "cursor_left", "Left", "left"),
    _quiet("right", "cursor_right", "Right", "right"),
    _quiet("ctrl+left", "cursor_word_left", "Word left", "word_left"),
    _quiet("ctrl+right", "cursor_word_right", "Word right", "word_right"),
    _quiet("home,ctrl+a", "cursor_line_start", "Start of line", "line_start"),
    _quiet("end", "cursor_line_end", "End of line", "line_end"),
    _quiet("ctrl+home", "cursor_text_start", "Start of text", "text_start"),
    _quiet("ctrl+end", "cursor_text_end", "End of text", "text_end"),
    _quiet("pageup", "cursor_page_up", "Page up", "page_up"),
    _quiet("pagedown", "cursor_page_down", "Page down", "page_down"),
    _quiet("shift+left", "cursor_left(True)", "Select left", "select_left"),
    _quiet("shift+right", "cursor_right(True)", "Select right", "select_right"),
    _quiet("shift+up", "cursor_up(True)", "Select up", "select_up"),
    _quiet("shift+down", "cursor_down(True)", "Select down", "select_down"),
    _quiet("ctrl+shift+left", "cursor_word_left(True)", "Select word left", "select_word_left"),
    _quiet("ctrl+shift+right", "cursor_word_right(True)", "Select word right", "select_word_right"),
    _quiet("shift+home", "cursor_line_start(True)", "Select to start", "select_line_start"),
    _quiet("shift+end", "cursor_line_end(True)", "Select to end", "select_line_end"),
    _quiet("ctrl+shift+a", "select_all", "Select all", "select_all"),
    _quiet("backspace", "delete_left", "Delete left", "delete_left"),
    _quiet("delete,ctrl+d", "delete_right", "Delete right", "delete_right"),
    _quiet("ctrl+w,alt+backspace", "delete_word_left", "Delete word left", "delete_word_left"),
    _quiet("alt+delete", "delete_word_right", "Delete word right", "delete_word_right"),
    _quiet("ctrl+u", "delete_to_start_of_line", "Delete to start", "delete_to_start"),
    _quiet("ctrl+k", "delete_to_end_of_line_or_delete_line", "Delete to end", "delete_to_end"),
    _quiet("ctrl+x,super+x", "cut", "Cut", "cut"),
    _quiet("ctrl+c,super+c", "copy", "Copy", "copy"),
    _quiet("ctrl+v", "paste", "Paste", "paste"),
    _quiet("ctrl+z,super+z", "undo", "Undo", "undo"),
    _quiet("ctrl+y,super+y", "redo", "Redo", "redo"),
]
