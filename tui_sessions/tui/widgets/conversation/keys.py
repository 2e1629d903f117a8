"""The keys of the conversation pane, every one with an id."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def _key(
    keys: str,
    action: str,
    words: str,
    name: str,
    *,
    show: bool = False,
    help: str = "",
    first: bool = False,
) -> Binding:
    id = f"conversation.{name}"
    return Binding(keys, action, words, id=id, show=show, tooltip=help, priority=first)


BINDINGS: list[BindingType] = [
    _key("j,down", "move(1)", "down", "down"),
    _key("k,up", "move(-1)", "up", "up"),
    _key("ctrl+d", "page(0.5)", "half page down", "half_down"),
    _key("ctrl+u", "page(-0.5)", "half page up", "half_up"),
    _key("pagedown", "page(1)", "page down", "page_down"),
    _key("pageup", "page(-1)", "page up", "page_up"),
    _key("g,home", "beginning", "beginning", "top"),
    _key("G,end", "end", "end", "end"),
    _key("right_curly_bracket,J", "message(1)", "next message", "next_message"),
    _key("left_curly_bracket,K", "message(-1)", "former message", "former_message"),
    _key("y", "copy", "copy", "copy", show=True, help="copy the message"),
    _key("c", "copy_code", "copy code", "copy_code", show=True, help="copy a code block"),
    _key("r", "retry", "retry", "retry", show=True, help="ask for another answer"),
    _key("R", "go_on", "continue", "continue", help="ask for the rest of a cut answer"),
    _key("right_square_bracket", "alternative(1)", "next answer", "next_answer"),
    _key("left_square_bracket", "alternative(-1)", "former answer", "former_answer"),
    _key("b", "branch", "branch", "branch", show=True, help="branch after the turn"),
    _key(
        "e",
        "edit",
        "edit",
        "edit",
        show=True,
        help="edit the prompt, in a branch",
    ),
    _key("A", "ask('retry-with')", "ask another", "retry_with", help="ask another model"),
    _key(
        "equals_sign", "ask('answers')", "side by side", "answers", help="its answers side by side"
    ),
    _key("less_than_sign", "ask('former-path')", "former branch", "former_path"),
    _key("greater_than_sign", "ask('next-path')", "next branch", "next_path"),
    _key("B", "ask('map')", "map", "map", help="the branches of the session, drawn"),
    _key("E", "ask('edit-answer')", "edit answer", "edit_answer", help="in its place"),
    _key("x", "ask('delete-message')", "delete message", "delete_message"),
    _key("o", "ask('outline')", "outline", "outline", show=True, help="go to a prompt"),
    _key("m", "ask('bookmark')", "bookmark", "bookmark", help="bookmark, or no longer"),
    _key("apostrophe", "ask('next-bookmark')", "next bookmark", "next_bookmark"),
    _key("Y", "ask('copy')", "copy all", "copy_all", help="copy the conversation"),
    _key("w", "ask('save-code')", "save code", "save_code", help="a code block to a file"),
    _key("p", "ask('pager')", "pager", "pager", help="open in $PAGER"),
    _key("ctrl+o", "ask('in-editor')", "editor", "editor", help="open in $EDITOR"),
    _key("v", "select('character')", "select", "select", show=True, help="select text"),
    _key("V", "select('line')", "select lines", "select_lines"),
    _key("l", "ask('links')", "links", "links", help="open a link of the message"),
    _key("delete", "delete", "delete", "delete", help="take the turn out"),
    _key("space", "fold", "fold", "fold", show=True, help="fold, or show the thinking"),
    _key("Z", "fold_all", "fold long ones", "fold_all", help="fold, or unfold, all long messages"),
    _key("slash", "find", "find", "find", show=True, help="find in the conversation", first=True),
    _key("colon", "command", "command", "command", help="a command in the prompt", first=True),
    _key("n", "find_next", "next hit", "find_next"),
    _key("N", "find_previous", "former hit", "find_previous"),
    _key("escape", "find_end", "end finding", "find_end"),
]
