"""Stories about the details form, mounted alone."""

from __future__ import annotations

import msgspec
import pytest
from details_host import Host, seen, write
from panel_values import HOSTILE
from textual import events

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets import field_row
from tui_sessions.tui.widgets.field_editors import ChoiceEditor


async def test_a_field_is_saved_when_it_is_left(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "Decorators")
        assert host.saved == []
        await pilot.press("tab")
        await pilot.pause()
        assert host.saved == [("title", "Python decorators", "Decorators")]
        assert host.session is not None
        assert host.session.title == "Decorators"


async def test_a_field_is_saved_on_enter(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "project", "web", "enter")
        assert host.saved == [("project", "docs", "web")]


async def test_looking_at_fields_saves_nothing(session: Session) -> None:
    strange = msgspec.structs.replace(session, title="two  spaces\x07 and\nlines ")
    host = Host(strange)
    async with host.run_test() as pilot:
        host.go_to("title")
        await pilot.press(*["down"] * 14, *["enter"] * 2, *["up"] * 14)
        await pilot.pause()
        assert host.saved == []


async def test_a_wrong_number_is_told_and_not_saved_until_it_is_right(session: Session) -> None:
    host = Host(session)
    async with host.run_test(size=(40, 50)) as pilot:
        await write(pilot, host, "params.temperature", "9", "enter")
        assert host.saved == []
        assert "The temperature is a number from 0 to 2." in seen(host)
        await pilot.press("backspace", "1", "enter")
        await pilot.pause()
        assert host.saved == [("params.temperature", 0.3, 1.0)]
        assert "a number from 0 to 2" not in seen(host)


async def test_refreshing_the_same_session_keeps_what_is_being_typed(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "Half a ti")
        host.show(msgspec.structs.replace(session, title="Theirs", system="Theirs too"))
        assert host.text_of("title") == "Half a ti"
        assert host.text_of("system") == "Theirs too"
        await pilot.press("enter")
        await pilot.pause()
        assert host.saved == [("title", "Theirs", "Half a ti")]


async def test_tags_that_another_program_gave_while_some_are_typed_stay(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "tags", "mine")
        host.show(session.with_meta(tags=("theirs",)))
        await pilot.press("enter")
        await pilot.pause()
        assert "theirs" in host.session.meta.tags
        assert "mine" in host.session.meta.tags


async def test_refreshing_does_not_take_back_what_is_typed_while_a_save_is_under_way(
    session: Session,
) -> None:
    host = Host(session)
    host.saves = False
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "One", "enter", *" two")
        host.show(msgspec.structs.replace(session, title="One"))
        assert host.text_of("title") == "One two"


async def test_switching_the_session_saves_what_was_typed_in_the_one_before(
    session: Session,
) -> None:
    host = Host(session)
    other = Session(id="other", title="Other")
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "Mine")
        host.show(other)
        await pilot.pause()
        assert [(edit.session_id, edit.after) for edit in host.edits] == [(session.id, "Mine")]
        assert host.text_of("title") == "Other"


async def test_leaving_a_field_by_opening_another_session_names_the_right_session(
    session: Session,
) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "Mine")
        host.details._title.focus()
        host.go_to("project")
        host.show(Session(id="other"))
        await pilot.pause()
        assert [(edit.session_id, edit.after) for edit in host.edits] == [(session.id, "Mine")]


async def test_a_wrong_value_waits_for_its_session_to_be_opened_again(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "params.max_tokens", "many")
        host.show(Session(id="other"))
        await pilot.pause()
        assert host.text_of("params.max_tokens") == ""
        host.show(session)
        assert host.text_of("params.max_tokens") == "many"
        assert host.edits == []


async def test_a_long_text_is_saved_after_a_pause_in_typing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_row, "PAUSE_S", 0.01)
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("notes")
        await pilot.press("end", *" more")
        while "more" not in str(host.edits[-1].after if host.edits else ""):
            await pilot.pause(0.01)
        assert host.session is not None
        assert str(host.session.meta.notes).startswith("none yet")


async def test_what_is_typed_is_told_when_the_form_goes_away(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("notes")
        await pilot.press("end", "!")
        host.saves = False
        await host.details.remove()
        await pilot.pause()
        assert [edit.after for edit in host.edits] == ["none yet!"]


async def test_a_program_that_ends_can_take_what_is_typed(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "Last words")
        (edit,) = host.details.take_edits()
        assert edit.change(session).title == "Last words"
        assert host.details.take_edits() == ()


async def test_undo_takes_back_typing_then_each_saved_change(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "title", "One", "enter")
        await write(pilot, host, "title", "Two", "enter")
        await pilot.press(*" and")
        expected = ["Two", "One", "Python decorators", "Python decorators"]
        for title in expected:
            await pilot.press("ctrl+z")
            await pilot.pause()
            assert host.text_of("title") == title
        assert host.session == session
        assert [after for _, _, after in host.saved] == [
            "One", "Two", "One", "Python decorators",
        ]  # fmt: skip


async def test_undo_in_a_long_text_takes_back_typing_then_the_saved_change(
    session: Session,
) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("system")
        await pilot.press("end", *" Now.")
        host.details.flush()
        await pilot.pause()
        await pilot.press(*"xy", "ctrl+z")
        assert host.text_of("system") == "Be brief. Now."
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert host.session is not None
        assert host.session.system == "Be brief."


async def test_tags_are_added_completed_and_removed(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("tags")
        await pilot.press(*"deep dive,", "w", "right", "enter", "enter")
        await pilot.pause()
        assert host.saved[-1][2] == ("python", "deep dive", "web")
        await pilot.press("backspace", "backspace", "enter")
        await pilot.pause()
        assert host.session is not None
        assert host.session.meta.tags == ("python",)
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert host.session.meta.tags == ("python", "deep dive", "web")


async def test_a_tag_typed_and_left_is_meant_too(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("tags")
        await pilot.press(*"PYTHON,half", "tab")
        await pilot.pause()
        assert host.saved == [("tags", ("python",), ("python", "half"))]


async def test_the_project_completes_from_those_in_use(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await write(pilot, host, "project", "du")
        await pilot.pause()
        await pilot.press("right", "enter")
        await pilot.pause()
        assert host.saved == [("project", "docs", "dust")]


async def test_the_status_is_chosen_and_saved_once(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("status")
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        assert host.saved == [("status", "active", "completed")]


async def test_enter_on_the_model_asks_for_the_list(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.go_to("at hand")
        await pilot.press("down", "enter")
        await pilot.pause()
        assert host.models_wanted == [session.id]


async def test_a_key_is_added_edited_and_removed(session: Session) -> None:
    host = Host(session)
    async with host.run_test(size=(40, 60)) as pilot:
        host.details._new_key.editor.focus()
        await pilot.press(*"reviewed: true", "enter")
        await pilot.pause()
        assert host.session is not None
        assert host.session.meta.extra == {"importance": 3, "reviewed": True}
        await write(pilot, host, "meta.reviewed", "false", "enter")
        assert host.session.meta.extra["reviewed"] is False
        await write(pilot, host, "meta.reviewed", "", "enter")
        assert host.session.meta.extra == {"importance": 3}
        assert "reviewed" not in seen(host)


async def test_half_a_key_gets_its_sentence_and_stays(session: Session) -> None:
    host = Host(session)
    async with host.run_test(size=(40, 60)) as pilot:
        host.details._new_key.editor.focus()
        await pilot.press(*"reviewed", "enter")
        await pilot.pause()
        assert "for example" in seen(host)
        assert host.details._new_key.editor.text == "reviewed"
        assert host.edits == []


async def test_a_refused_save_keeps_the_text_and_says_why(session: Session) -> None:
    host = Host(session)
    host.saves = False
    async with host.run_test(size=(60, 50)) as pilot:
        await write(pilot, host, "title", "Mine", "enter")
        host.details.refuse("title", "The disk is full.")
        host.show(session)
        await pilot.pause()
        assert host.text_of("title") == "Mine"
        assert "The disk is full." in seen(host)
        await pilot.press("enter")
        await pilot.pause()
        assert [after for _, _, after in host.saved] == ["Mine", "Mine"]


async def test_arrows_go_through_all_fields_and_stop_at_the_ends(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        host.details._title.focus()
        first = host.focused
        await pilot.press("up")
        assert host.focused is first
        await pilot.press(*["down"] * 20)
        assert host.focused is host.details._new_key.editor


async def test_a_file_of_a_newer_version_is_shown_and_not_edited(session: Session) -> None:
    host = Host(msgspec.structs.replace(session, format=99))
    async with host.run_test(size=(60, 60)) as pilot:
        host.details._title.focus()
        await pilot.press(*"xyz", "tab")
        assert host.edits == []
        assert "newer version" in seen(host)


async def test_without_a_session_the_pane_says_what_to_do(session: Session) -> None:
    host = Host(None)
    async with host.run_test():
        assert "No session is open" in seen(host)
        host.show(session)
        host.show(None)
        assert host.details.take_edits() == ()


async def test_hostile_text_is_neither_markup_nor_sent_to_the_terminal(session: Session) -> None:
    hostile = Session(
        id=HOSTILE, title=HOSTILE, model=HOSTILE, system=HOSTILE, status=HOSTILE,
        problems=(HOSTILE,), params=session.params,
    ).with_meta(
        tags=(HOSTILE,), project=HOSTILE, notes=HOSTILE, extra={HOSTILE: HOSTILE, "n": [HOSTILE]}
    )  # fmt: skip
    host = Host(hostile)
    async with host.run_test(size=(40, 80)) as pilot:
        host.details.show(hostile, tags_in_use=(HOSTILE,), projects_in_use=(HOSTILE,), file=HOSTILE)
        host.details._title.focus()
        await pilot.press(*["down"] * 12)
        await pilot.pause()
        text = seen(host)
        assert "[/nope]" in text
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert host.edits == []


async def test_quick_steps_are_all_taken(session: Session) -> None:
    host = Host(session)
    async with host.run_test() as pilot:
        await pilot.pause()
        host.details._title.focus()
        await pilot.pause()
        for _ in range(3):
            host.post_message(events.Key("down", None))
        await pilot.pause()
        assert isinstance(host.focused, ChoiceEditor)
