"""What can be asked for by name to keep the library well: look it over, back it up, tidy it up."""

from __future__ import annotations

from tui_sessions.tui.action import Action

UPKEEP_ACTIONS: tuple[Action, ...] = (
    Action(
        "backup",
        "all sessions into an archive or a folder, read back when it is made",
        lambda desk, words: desk.backing.backup(words),
        "[tar | folder] [place]",
    ),
    Action(
        "restore",
        "sessions out of a backup: see first what would come back",
        lambda desk, ref: desk.backing.restore(ref),
        "[backup]",
    ),
    Action(
        "cleanup",
        "tidy away what is empty, old, idle, or too long in the trash",
        lambda desk, words: desk.tidying.cleanup(words),
        "[90d] [archive | delete]",
    ),
    Action(
        "archive",
        "into the archive, packed, by month; or back",
        lambda desk, words: desk.tidying.archive(words),
        "[back]",
    ),
    Action(
        "compress",
        "pack session files in their place; or unpack them",
        lambda desk, words: desk.tidying.compress(words),
        "[unpack]",
    ),
    Action(
        "audit",
        "who opened, changed, exported what; or verify what was saved",
        lambda desk, words: desk.auditing.open(words),
        "[verify]",
    ),
    Action(
        "doctor",
        "look the library over: damaged files, modes, links, ids, index; mend it",
        lambda desk, path: desk.doctoring.run(path),
        "[damaged file]",
    ),
    Action(
        "interrupted",
        "answers that a crash cut off: keep, continue or drop them",
        lambda desk, words: desk.cut_answers.run(words),
        "[keep|continue|drop]",
    ),
    Action(
        "save-elsewhere",
        "write the whole session, what could not be saved with it, to another place",
        lambda desk, path: desk.unsaved.save_elsewhere(path),
        "[path]",
    ),
    Action(
        "versions",
        "what this session held before: look at it, bring it back",
        lambda desk, _: desk.versions.open(),
    ),
    Action(
        "save-shown",
        "keep what is shown as a new session, where its file is damaged",
        lambda desk, _: desk.stage.outside.save_shown(),
    ),
)
