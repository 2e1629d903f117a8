"""`ask`: one prompt, its answer alone on standard output. The turn is the engine's, as on the screen."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.attaching import STANDARD_INPUT, read_files, refuse_files
from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_personas
from tui_sessions.cli.model_option import chosen_model
from tui_sessions.cli.options import Command
from tui_sessions.cli.params import param_options, params_from
from tui_sessions.cli.spending import (
    budget_changes,
    budget_option,
    over_budget_option,
    own_budget,
    stay_within,
)
from tui_sessions.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from tui_sessions.model import edits
from tui_sessions.model.ids import is_valid_id
from tui_sessions.model.params import set_param
from tui_sessions.model.session import Change, Session
from tui_sessions.model.tags import split_tags
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.store.attachments import Loose

LAST = "@last"
_EXAMPLES = """
tui-sessions ask "Why is the sky blue?"
tui-sessions ask -r "And at sunset?"
git diff | tui-sessions ask -s review "What is wrong here?"
id=$(echo "Hello" | tui-sessions ask --get-id)
tui-sessions ask -a photo.jpg -a notes.md "What has the one to do with the other?"
tui-sessions ask --model ollama/llama3.2 --system "Answer in one line." "What is TOML?"
tui-sessions ask --temperature 0 --effort high --param top_k=40 "Is 91 a prime?"
tui-sessions ask -s review @apollo "And what would you say?"
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
    budget: str | None
    over_budget: bool
    params: dict[str, Any]

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
            changes.append(set_param("context_window", self.context_window))
        changes += [set_param(key, value) for key, value in self.params.items()]
        return changes + budget_changes(self.budget)


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
@click.option(
    "--persona",
    metavar="NAME",
    help="Who answers this prompt, from personas.toml.",
    shell_complete=complete_personas,
)
@budget_option
@over_budget_option
@param_options
@click.pass_obj
def ask_command(call: Call, /, **given: Any) -> int:
    """Send a prompt (the words, standard input, or both) and print the answer. Ctrl+C stops the
    answer and keeps what came."""
    asked = Asked(params=params_from(given), **given)
    if asked.session and asked.resume:
        raise UsageError("Name a session or say -r, not both.")
    call.base_url = asked.base_url
    loose = read_files(asked.files)
    persona, words = _who_answers(call, asked)
    prompt = read_prompt(words, asked.files)
    model = chosen_model(call, asked.model, asked.provider)
    known_id = _known_id(call, LAST if asked.resume else asked.session)
    if persona is None and known_id is not None:
        persona = call.services.personas.standing(call.library.load(known_id))
    answers = model or (persona.model if persona is not None else None)
    refuse_files(call, loose, answers, known_id)
    if known_id is not None:
        _refuse_place(asked)
    is_allowed = asked.over_budget
    if not is_allowed:
        is_allowed = _stay_within(call, asked, known_id, prompt, loose, answers, persona)
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
        # Once more with the prompt's own save: two programs may have asked at the same moment.
        allow=("budget",) if is_allowed else (),
    )


def _who_answers(call: Call, asked: Asked) -> tuple[Persona | None, tuple[str, ...]]:
    """The persona that the option or the first word names, and the words that are left; a first word like
    `@dataclass` that names nobody is just a word."""
    personas, words = call.services.personas, asked.words
    if asked.persona is not None:
        return personas.get(asked.persona.removeprefix("@")), words
    if not words or not words[0].startswith("@"):
        return None, words
    from tui_sessions.config.personas import named_persona

    found, said = named_persona(f"{words[0]} {' '.join(words[1:]) or '-'}", personas.all())
    if found is None:
        return None, words
    return found, (said,) if words[1:] else ()


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


def _stay_within(
    call: Call,
    asked: Asked,
    known_id: str | None,
    prompt: str,
    loose: tuple[Loose, ...],
    model: str | None,
    persona: Persona | None,
) -> bool:
    """Raises `BudgetError` where a budget would be passed, with what the options change counted in; whether
    somebody agreed to that."""
    if known_id is None:
        session = call.services.draft(model=model, system=asked.system, tags=asked.all_tags)
    else:
        has_own = "budget" in call.library.row(known_id).meta or asked.budget is not None
        if not (has_own or call.services.config.budgets):
            return False
        session = call.library.load(known_id)
    for change in asked.changes():
        session = change(session)
    folder = asked.folder if known_id is None else None
    return stay_within(
        call, session, prompt, model=model, files=loose, persona=persona, folder=folder
    )


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
        params=asked.params,
        meta=own_budget(asked.budget),
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
