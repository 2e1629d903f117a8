"""Several answers to one prompt, as the conversation shows them: one that it follows, the others in silence."""

from __future__ import annotations

import asyncio

import pytest

from tui_sessions.errors import ProviderError
from tui_sessions.model.answers import answers
from tui_sessions.providers.base import Finished, Text


class Puppets:
    """Models whose pieces come when `say` is called, and that end when `end` is."""

    name = "demo"

    def __init__(self) -> None:
        self._pieces: dict[str, asyncio.Queue] = {}

    def _of(self, model):
        return self._pieces.setdefault(model, asyncio.Queue())

    def say(self, model, text):
        self._of(model).put_nowait(Text(text))

    def end(self, model, error=None):
        self._of(model).put_nowait(
            ProviderError(error, kind="server") if error else Finished(finish="stop")
        )

    async def stream(self, request):
        while True:
            piece = await self._of(request.model).get()
            if isinstance(piece, ProviderError):
                raise piece
            yield piece
            if isinstance(piece, Finished):
                return

    def refuses(self, mime, size=0):
        return ""

    def prepare(self):
        return None

    async def models(self):
        return ()

    async def aclose(self):
        return None


@pytest.fixture
def puppets(workspace):
    """`async with puppets() as (user, models):` a session whose prompt three models are answering."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened():
        async with workspace() as user:
            services, models = user.app.services, Puppets()
            services.providers.get = lambda name: models
            session = user.stage.workspace.keep_draft()
            services.turns.compare(session.id, "Which one?", [f"demo/{m}" for m in "abc"])
            await user.see("Which one?", "3 answers are coming · = shows them")
            yield user, models

    return opened


async def test_the_first_one_is_shown_and_the_others_come_in_silence(puppets):
    async with puppets() as (user, models):
        models.say("b", "second speaks")
        models.say("a", "first speaks")
        await user.see("first speaks")
        assert "second speaks" not in user.text()
        models.end("b")
        await user.see("2 answers are coming")
        assert "second speaks" not in user.text()
        models.say("a", " and goes on")
        await user.see("first speaks and goes on")
        models.end("a")
        await user.see("answering · esc stops")
        assert "first speaks and goes on" in user.text()
        models.say("c", "third")
        models.end("c")
        await user.answered()
        # The first that ended stands.
        await user.see("second speaks", "1/3")
        (stored,) = user.files()
        assert len(stored["turns"][0]["alternatives"]) == 2


async def test_where_the_first_one_fails_without_a_word_another_is_shown(puppets):
    async with puppets() as (user, models):
        models.say("b", "second speaks")
        models.end("a", "No key.")
        await user.see("second speaks", "2 answers are coming")
        for model in "bc":
            models.end(model)
        await user.answered()
        await user.see("second speaks")


async def test_who_looks_away_and_back_sees_the_answer_that_stands(puppets):
    async with puppets() as (user, models):
        first = user.stage.workspace.session.id
        models.say("a", "first speaks")
        models.say("b", "second speaks")
        await user.see("first speaks")
        await user.press("ctrl+n")
        await user.see("New session")
        user.stage.open_session(first)
        await user.see("first speaks")
        await user.press("ctrl+n")
        models.end("b")
        await user.until(lambda: len(user.app.services.turns.answer_ids(first)) == 2)
        user.stage.open_session(first)
        await user.see("second speaks")
        models.say("a", " and goes on")
        models.end("a")
        await user.until(lambda: len(user.app.services.turns.answer_ids(first)) == 1)
        assert "first speaks" not in user.text()
        models.end("c")
        await user.answered()


async def test_escape_stops_all_of_them_and_keeps_what_came(puppets):
    async with puppets() as (user, models):
        for model in "abc":
            models.say(model, f"half of {model}")
        await user.see("half of a")
        await user.until(
            lambda: (
                len(
                    [
                        a
                        for a in user.app.services.turns.running_answers(
                            user.stage.workspace.session.id
                        )
                        if a.text
                    ]
                )
                == 3
            )
        )
        await user.press("escape")
        await user.answered()
        (turn,) = user.library.load(user.stage.workspace.session.id).turns
        assert {o.message.text for o in answers(turn)} == {f"half of {m}" for m in "abc"}


async def test_further_answers_leave_the_shown_one_alone(workspace):
    async with workspace() as user:
        await user.ask("Hello")
        await user.answered()
        services, models = user.app.services, Puppets()
        services.providers.get = lambda name: models
        session = user.stage.workspace.session
        before = session.turns[0].answer.text
        services.turns.compare_again(session.id, session.turns[0].id, ["demo/a", "demo/b"])
        await user.see("2 answers are coming")
        models.say("a", "another word")
        models.end("a")
        await user.see("answering · esc stops")
        assert "another word" not in user.text()
        models.end("b", "No.")
        await user.answered()
        await user.until(lambda: user.stage.workspace.session.turns[0].alternatives)
        assert user.stage.workspace.session.turns[0].answer.text == before


async def test_answers_that_have_ended_stand_side_by_side_while_one_is_still_coming(puppets):
    async with puppets() as (user, models):
        for model in "abc":
            models.say(model, f"said by {model}")
        await user.see("said by a")
        for model in "ab":
            models.end(model)
        await user.see("answering · esc stops")
        user.stage.conversation.focus()
        await user.press("equals_sign")
        await user.see("3 answers", "1 arriving", "said by b")
        await user.press("escape")
        models.end("c")
        await user.answered()
