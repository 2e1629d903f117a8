"""What can be asked for by name in a conversation: for its messages, its turns and its branches."""

from __future__ import annotations

from tui_sessions.tui.action import Action

CONVERSATION_ACTIONS = (
    Action("stop", "stop the answer", lambda desk, _: desk.talking.stop(), key="session.stop"),
    Action(
        "retry",
        "ask for another answer, also of another model",
        lambda desk, model: desk.talking.retry_last(model),
        "[provider/name]",
        "conversation.retry",
    ),
    Action(
        "continue",
        "ask for the rest of a cut answer",
        lambda desk, _: desk.talking.resume_last(),
        key="conversation.continue",
    ),
    Action("copy", "copy the conversation as Markdown", lambda desk, _: desk.reading.copy_all()),
    Action(
        "find", "find in the conversation", lambda desk, text: desk.reading.find(text), "[text]"
    ),
    Action(
        "retry-with",
        "ask another model for an answer to the chosen prompt",
        lambda desk, model: desk.messages.retry_with(model),
        "[provider/name]",
        "conversation.retry_with",
    ),
    Action(
        "answers",
        "the answers to the chosen prompt, side by side",
        lambda desk, _: desk.comparing.answers(desk.stage.conversation.current_turn_id),
        key="conversation.answers",
    ),
    Action(
        "compare",
        "send the prompt to several models, and see their answers side by side",
        lambda desk, models: desk.comparing.compare(models),
        "[models]",
    ),
    Action(
        "compare-prompt",
        "ask the same model with another prompt, and see both answers side by side",
        lambda desk, _: desk.comparing.other_prompt_here(),
    ),
    Action(
        "edit-answer",
        "edit the chosen answer in its place",
        lambda desk, _: desk.messages.edit(),
        key="conversation.edit_answer",
    ),
    Action(
        "delete-message",
        "take the chosen message out",
        lambda desk, _: desk.messages.delete(),
        key="conversation.delete_message",
    ),
    Action(
        "bookmark",
        "bookmark the chosen message, or no longer",
        lambda desk, _: desk.messages.bookmark(),
        key="conversation.bookmark",
    ),
    Action(
        "next-bookmark",
        "go to the next bookmark",
        lambda desk, _: desk.messages.next_bookmark(),
        key="conversation.next_bookmark",
    ),
    Action(
        "outline",
        "the prompts and bookmarks of this session, to go to one",
        lambda desk, _: desk.messages.outline(),
        key="conversation.outline",
    ),
    Action(
        "map",
        "the branches of this session, drawn",
        lambda desk, _: desk.branches.map(),
        key="conversation.map",
    ),
    Action(
        "next-path",
        "go to the next branch at this fork",
        lambda desk, _: desk.branches.hop(1),
        key="conversation.next_path",
    ),
    Action(
        "former-path",
        "go to the former branch at this fork",
        lambda desk, _: desk.branches.hop(-1),
        key="conversation.former_path",
    ),
    Action("promote", "make this branch the trunk", lambda desk, _: desk.branches.promote()),
    Action(
        "detach",
        "make this branch a session of its own",
        lambda desk, _: desk.branches.detach(),
    ),
    Action(
        "extract",
        "some of the turns as a new session",
        lambda desk, turns: desk.branches.extract(turns),
        "[FROM-TO]",
    ),
    Action(
        "merge",
        "put this branch's own turns behind those of its parent",
        lambda desk, _: desk.branches.merge(),
    ),
    Action(
        "replay",
        "watch the session being written, at its pace or faster",
        lambda desk, speed: desk.replaying.replay(speed),
        "[speed]",
    ),
    Action(
        "save-code",
        "write a code block of the chosen message to a file",
        lambda desk, name: desk.taking_out.save_code(name),
        "[file]",
        "conversation.save_code",
    ),
    Action(
        "pager",
        "read the chosen message, or all, in $PAGER",
        lambda desk, what: desk.taking_out.pager(what),
        "[all]",
        "conversation.pager",
    ),
    Action(
        "in-editor",
        "open the chosen message in $EDITOR, or all to look at it",
        lambda desk, what: desk.taking_out.editor(what),
        "[all]",
        "conversation.editor",
    ),
    Action(
        "links",
        "the links of the chosen message, to open one",
        lambda desk, _: desk.taking_out.links(),
        key="conversation.links",
    ),
    Action(
        "attach",
        "add files to the prompt; alone: choose them",
        lambda desk, path: desk.attaching.attach(path),
        "[file]",
        "prompt.attach",
    ),
    Action(
        "detach-file",
        "take a file off the prompt",
        lambda desk, name: desk.attaching.detach(name),
        "[name]",
    ),
    Action(
        "queue",
        "the prompts that wait for their turn",
        lambda desk, words: desk.queueing.run(words),
        "[edit|go]",
    ),
)
