"""Everything that can be asked for by name: the colon commands of the prompt and the palette's entries."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from tui_sessions.errors import UsageError
from tui_sessions.exchange.registry import FORMATS
from tui_sessions.model.session import STATUSES
from tui_sessions.tui.action import Action
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.choosing import SORTS
from tui_sessions.tui.conversation_actions import CONVERSATION_ACTIONS
from tui_sessions.tui.desk import Desk
from tui_sessions.tui.model_actions import MODEL_ACTIONS
from tui_sessions.tui.upkeep_actions import UPKEEP_ACTIONS
from tui_sessions.tui.widgets.completion import CommandInfo

SESSIONS_OFFERED = 50


ACTIONS = (
    Action(
        "help",
        "keys and commands",
        lambda desk, _: desk.reading.help(commands(desk.stage.keys)),
        key="app.help",
    ),
    Action(
        "new",
        "start a session",
        lambda desk, title: desk.filing.new(title),
        "[title]",
        "session.new",
    ),
    Action(
        "open",
        "open a session by id, name or file",
        lambda desk, ref: desk.filing.open(ref),
        "session",
        needs_words=True,
    ),
    Action(
        "resume",
        "choose a session and go on",
        lambda desk, _: desk.filing.resume(),
        key="session.resume",
    ),
    Action(
        "save",
        "give the file a name, or say where it is",
        lambda desk, name: desk.save(name),
        "[name]",
        "session.save",
    ),
    Action(
        "rename",
        "change the title",
        lambda desk, title: desk.filing.rename(title),
        "[title]",
        "session.rename",
    ),
    Action(
        "branch",
        "branch at the chosen message",
        lambda desk, title: desk.branch(title),
        "[title]",
        "session.branch",
    ),
    Action(
        "export",
        "write a file to share",
        lambda desk, kind: desk.exports.export(kind),
        "[format]",
        "session.export",
    ),
    Action(
        "export-again",
        "export as last time",
        lambda desk, _: desk.exports.export_again(),
        key="session.export_again",
    ),
    Action("delete", "put this session into the trash", lambda desk, _: desk.filing.delete_open()),
    Action(
        "undo",
        "take the last change back",
        lambda desk, _: desk.taking_back.undo(),
        key="session.undo",
    ),
    Action(
        "redo",
        "do again what was taken back",
        lambda desk, _: desk.taking_back.redo(),
        key="session.redo",
    ),
    Action(
        "history",
        "what was done when, to take it back",
        lambda desk, _: desk.taking_back.history(),
    ),
    Action(
        "trash",
        "what was deleted: take it back, empty it",
        lambda desk, _: desk.taking_back.trash(),
    ),
    Action(
        "move",
        "move to a folder, made where it is missing; / is the top",
        lambda desk, folder: desk.folders.move(folder),
        "[folder]",
        "tree.move",
    ),
    Action(
        "mkdir",
        "make a folder",
        lambda desk, path: desk.folders.make(path),
        "[folder]",
        "tree.mkdir",
    ),
    Action(
        "save-search",
        "keep a search, or the tree's filter, as a smart folder",
        lambda desk, words: desk.folders.save_search(words),
        "NAME [query]",
        needs_words=True,
    ),
    Action(
        "tag",
        "add tags; alone: edit them",
        lambda desk, tags: desk.bulk.tag(tags),
        "[tags]",
        "session.tags",
    ),
    Action(
        "tags",
        "every tag: show its sessions, rename, merge, take off",
        lambda desk, _: desk.tagging.open(),
    ),
    Action(
        "untag",
        "remove tags",
        lambda desk, tags: desk.bulk.untag(tags),
        "tags",
        needs_words=True,
    ),
    Action(
        "model",
        "choose who answers",
        lambda desk, name: desk.choosing.model(name),
        "[provider/name]",
        "session.model",
    ),
    Action(
        "system",
        "set the system prompt; alone: clear it",
        lambda desk, text: desk.choosing.system(text),
        "[text]",
        needs_words=True,
    ),
    Action(
        "context",
        "what would be sent, message by message; or how much is",
        lambda desk, words: desk.context.run(words),
        "[pairs | N tokens | all]",
    ),
    Action(
        "pin",
        "keep at the top of the tree, or no longer",
        lambda desk, _: desk.bulk.pin(),
        key="tree.pin",
    ),
    Action(
        "star", "mark with a star, or no longer", lambda desk, _: desk.bulk.star(), key="tree.star"
    ),
    Action(
        "status",
        "active, paused, completed, archived",
        lambda desk, status: desk.bulk.status(status),
        "status",
        needs_words=True,
    ),
    Action(
        "meta",
        "set any key; without a value: remove it",
        lambda desk, words: desk.choosing.meta(words),
        "key [value]",
        needs_words=True,
    ),
    Action("info", "what is known about this session", lambda desk, _: desk.reading.info()),
    Action(
        "clear",
        "remove the turns, or all but the last N",
        lambda desk, words: desk.filing.clear(words),
        "[--keep-last N]",
        needs_words=True,
    ),
    Action(
        "search",
        "search in all conversations",
        lambda desk, words: desk.searching.open(words),
        "[words]",
        "session.search",
    ),
    Action("theme", "choose the colours", lambda desk, name: desk.choosing.theme(name), "[name]"),
    Action(
        "calm",
        "one column, no boxes, the terminal's own cursor; or no longer",
        lambda desk, _: desk.choosing.calm(),
    ),
    Action("settings", "the configuration, key by key", lambda desk, _: desk.settings()),
    Action(
        "sort",
        "order of the tree: updated created title cost tokens turns",
        lambda desk, by: desk.choosing.sort(by),
        "by",
        needs_words=True,
    ),
    Action("prompt", "use one of the kept prompts", lambda desk, _: desk.choosing.kept_prompt()),
    Action(
        "prompt-keep",
        "keep the prompt that is looked at, to use it again",
        lambda desk, name: desk.choosing.keep_prompt(name),
        "NAME",
        needs_words=True,
    ),
    Action(
        "editor",
        "write the prompt in $EDITOR",
        lambda desk, _: desk.reading.edit_prompt(),
        key="prompt.editor",
    ),
    Action(
        "exit",
        "quit; everything is saved",
        lambda desk, _: desk.stage.app.call_later(desk.stage.app.action_quit),
        key="app.quit",
    ),
    *CONVERSATION_ACTIONS,
    *MODEL_ACTIONS,
    *UPKEEP_ACTIONS,
)
BY_NAME = {action.name: action for action in ACTIONS}
ALSO = {
    "quit": "exit",
    "q": "exit",
    "q!": "exit",
    "w": "save",
    "wq": "exit",
    "n": "new",
    "e": "open",
    "h": "help",
    "mv": "move",
    "title": "rename",
}
"""Other names that fingers know."""


def commands(keys: BoundKeys) -> tuple[CommandInfo, ...]:
    """The colon commands as the prompt offers them, each with the key that does the same."""
    return tuple(CommandInfo(action.name, action.hint, helped(action, keys)) for action in ACTIONS)


def helped(action: Action, keys: BoundKeys) -> str:
    """What an action does, with its key."""
    key = keys.shown(action.key)
    return f"{action.help} · {key}" if key else action.help


def run_command(desk: Desk, name: str, argument: str) -> None:
    """Do what a colon command says. Raises `UsageError` for an unknown one, with the nearest."""
    action = BY_NAME.get(ALSO.get(name, name))
    if action is None:
        near = get_close_matches(name, [*BY_NAME, *ALSO], n=1)
        hint = f"Did you mean :{near[0]}?" if near else ":help lists them."
        raise UsageError(
            f"There is no command :{name}. {hint} A prompt may start with :: for a colon."
        )
    action.run(desk, argument.strip())


def complete_argument(desk: Desk, name: str, typed: str) -> Sequence[str]:
    """What may follow a command, for the list above the prompt."""
    match ALSO.get(name, name):
        case "model" | "retry" | "retry-with":
            return desk.choosing.asking_models.offers(typed)
        case "tag":
            offers: Sequence[str] = desk.stage.workspace.tags_in_use()
        case "untag":
            offers = desk.stage.workspace.session.meta.tags
        case "status":
            offers = STATUSES
        case "move" | "mkdir":
            offers = desk.folders.offers()
        case "export":
            offers = FORMATS
        case "attach":
            offers = desk.completing.paths(typed)
        case "detach-file":
            offers = desk.attaching.names()
        case "queue":
            offers = ("edit", "go")
        case "interrupted":
            offers = ("keep", "continue", "drop")
        case "sort":
            offers = SORTS
        case "cleanup":
            offers = ("90d", "empty", "expired", "archive", "delete")
        case "archive":
            offers = ("back",)
        case "compress":
            offers = ("unpack",)
        case "audit":
            offers = ("verify",)
        case "restore":
            offers = desk.backing.offers()
        case "stats":
            offers = desk.statistics.offers()
        case "param":
            offers = desk.params.offers(typed)
        case "persona":
            offers = desk.personas.offers()
        case "theme":
            offers = sorted(desk.stage.app.available_themes)
        case "open":
            library = desk.stage.workspace.library
            offers = [row.id for row in library.beginning(typed, limit=SESSIONS_OFFERED)]
        case _:
            offers = ()
    return [offer for offer in dict.fromkeys(offers) if offer.startswith(typed)]
