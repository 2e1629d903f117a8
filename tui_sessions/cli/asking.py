"""`ask`: one prompt, its answer alone on standard output. The turn is the engine's, as on the screen."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import click

from tui_sessions.cli.attaching import STANDARD_INPUT, read_files, refuse_files
from tui_sessions.cli.call import Call
from tui_sessions.cli.model_option import chosen_model
from tui_sessions.cli.options import Command
from tui_sessions.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from tui_sessions.model import edits
from tui_sessions.model.ids import is_valid_id
from tui_sessions.model.session import Change, Session
from tui_sessions.model.tags import split_tags
from tui_sessions.model.text import clean_line

LAST = "@last"
_EXAMPLES = """
tui-sessions ask "Why is the sky blue?"
tui-sessions ask -r "And at sunset?"
git diff | tui-sessions ask -s review "What is wrong here?"
id=$(echo "Hello" | tui-sessions ask --get-id)
tui-sessions ask -a photo.jpg -a notes.md "What has the one to do with the other?"
tui-sessions ask --model ollama/llama3.2 --system "Answer in one line." "What is TOML?"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of one call."""

    words: tuple[str, ...]
    session: str | None
    resume: bool
    title: str | None
    model: str | None
    provider: str | None
    system: str | None
    base_url: str | None
    context_window: int | None
    get_id: bool
    raw: bool
    tags: tuple[str, ...]
    folder: str
    name: str | None
    files: tuple[str, ...]
    persona: str | None

    @property
    def all_tags(self) -> tuple[str, ...]:
        """The tags, those between commas apart."""
        return tuple(tag for text in self.tags for tag in split_tags(text))

    def changes(self) -> list[Change]:
        """What the options change about a session that is there."""
        changes = []
        if self.title is not None:
            changes.append(edits.retitle(self.title))
        if self.system is not None:
            changes.append(edits.set_system(self.system))
        if self.all_tags:
            changes.append(edits.add_tags(self.all_tags))
        if self.context_window is not None:
            changes.append(_windowed(self.context_window))
        return changes


@click.command("ask", cls=Command, examples=_EXAMPLES)
@click.argument("words", metavar="PROMPT...", nargs=-1)
@click.option("-s", "--session", metavar="S", help="Go on with S; a new name makes a session.")
@click.option("-r", "--resume", is_flag=True, help="Go on with the session used last.")
@click.option("--title", metavar="TEXT", help="The title, from now on.")
@click.option("--model", metavar="MODEL", help="provider/name, or the name with --provider.")
@click.option("--provider", metavar="NAME", help="Who answers, for a model without a /.")
@click.option("--system", metavar="TEXT", help="The system prompt, from now on.")
@click.option("--base-url", metavar="URL", help="The provider's server.")
@click.option(
    "--context-window",
    type=click.IntRange(min=0),
    metavar="N",
    help="Send N earlier pairs, from now on; 0: all.",
)
@click.option("--get-id", is_flag=True, help="Print the session's id in place of the answer.")
@click.option("--raw", is_flag=True, help="Into a pipe or file, every byte as it came.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Put TAG on it; repeatable.")
@click.option("--folder", metavar="FOLDER", default="", help="For a new session.")
@click.option("--name", metavar="NAME", help="The file's name, for a new session.")
@click.option(
    "-a",
    "--attach",
    "files",
    metavar="FILE",
    multiple=True,
    help="Send FILE along (text, image, PDF); repeatable. -: standard input.",
)
@click.option("--persona", metavar="NAME", help="Who answers this prompt, from personas.toml.")
@click.pass_obj
def ask_command(call: Call, /, **given: Any) -> int:
    """Send a prompt (the words, standard input, or both) and print the answer. Ctrl+C stops the
    answer and keeps what came."""
    asked = Asked(**given)
    if asked.session and asked.resume:
        raise UsageError("Name a session or say -r, not both.")
    call.base_url = asked.base_url
    loose = read_files(asked.files)
    prompt = read_prompt(asked.words, asked.files)
    model = chosen_model(call, asked.model, asked.provider)
    persona = call.services.personas.get(asked.persona) if asked.persona is not None else None
    answers = model or (persona.model if persona is not None else None)
    known_id = _known_id(call, LAST if asked.resume else asked.session)
    refuse_files(call, loose, answers, known_id)
    if known_id is not None:
        _refuse_place(asked)
    # First, so that a full disk leaves no session without its prompt.
    attachments = tuple(call.library.attachments.put(data, name=name) for name, data in loose)
    if known_id is None:
        session = _made_or_joined(call, asked, model)
    else:
        session = _edited(call, asked, known_id)

    from tui_sessions.cli.answering import answer

    return answer(
        call,
        session,
        prompt,
        model=answers,
        attachments=attachments,
        persona=persona,
        is_id_wanted=asked.get_id,
        is_raw=asked.raw,
    )


def read_prompt(words: tuple[str, ...], files: tuple[str, ...] = ()) -> str:
    """The prompt from the command line and standard input, an empty line between them; where files are
    attached, there may be none."""
    said = " ".join(words)
    is_taken = STANDARD_INPUT in files or sys.stdin is None or sys.stdin.isatty()
    piped = "" if is_taken else _standard_input()
    prompt = "\n\n".join(part for part in (said, piped) if part.strip())
    if not prompt and not files:
        raise UsageError('Write a prompt: tui-sessions ask "…", or pipe one in.')
    return prompt


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError("Standard input is no text in UTF-8, so nothing was sent.") from error


def _known_id(call: Call, session: str | None) -> str | None:
    """The id of a session that is there; None where one is to be made."""
    if session is None:
        return None
    try:
        return call.library.resolve(session)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        if session == LAST:
            raise
        if not is_valid_id(session):
            raise NotFoundError(
                f"There is no session {clean_line(session)!r}, and no new one can be called so: "
                "use 1 to 64 of the characters A-Z a-z 0-9 . _ -"
            ) from error
        return None


def _made_or_joined(call: Call, asked: Asked, model: str | None) -> Session:
    """A new session; where another program has just made the one of that name, that one."""
    try:
        return _made(call, asked, model)
    except ConflictError:
        call.library.refresh()
        known_id = _known_id(call, asked.session)
        if known_id is None or asked.name:
            raise
        return _edited(call, asked, known_id)


def _made(call: Call, asked: Asked, model: str | None) -> Session:
    """A new session. A model that nobody answers for is told before a file is made for it."""
    from tui_sessions.providers.registry import split_model

    provider, _ = split_model(model or call.services.default_model())
    call.services.providers.get(provider)
    return call.services.new_session(
        title=asked.title,
        model=model,
        system=asked.system,
        tags=asked.all_tags,
        session_id=asked.session,
        name=asked.name,
        folder=asked.folder,
        context_window=asked.context_window,
    )


def _edited(call: Call, asked: Asked, session_id: str) -> Session:
    """The session that is there, with what the options say from now on."""
    _refuse_place(asked)
    changes = asked.changes()
    for change in changes:
        call.library.update(session_id, change)
    return call.library.load(session_id)


def _refuse_place(asked: Asked) -> None:
    """Raises `UsageError` where the options say where the file of a session goes that has one."""
    if asked.folder or asked.name:
        raise UsageError("--folder and --name are for a new session; this one has its file.")


def _windowed(context_window: int) -> Change:
    import msgspec

    def change(session: Session) -> Session:
        params = msgspec.structs.replace(session.params, context_window=context_window)
        return msgspec.structs.replace(session, params=params)

    return change
