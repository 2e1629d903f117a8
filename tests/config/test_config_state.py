"""What the screen remembers, and that it never stops the program."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from tui_sessions.config.state import LastExport, State, StateFile

FULL = State(
    theme="paper",
    last_model="openai/gpt-4o",
    favourites=("anthropic/claude-sonnet-4-5",),
    recent_models=("openai/gpt-4o", "demo/demo"),
    folded=("folder:work", "session:k3v9x2m7q0ab"),
    folded_panes=("details",),
    sort="cost",
    export_format="csv",
    export_dir='/tmp/a "quoted" folder\n',
    last_export=LastExport(format="csv", dir="/tmp"),
)


@pytest.fixture
def state_file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "new" / "state.toml")


def test_what_was_saved_is_there_the_next_day(state_file: StateFile) -> None:
    assert state_file.save(FULL)
    assert StateFile(state_file.path).load() == FULL


def test_the_first_day_has_nothing_to_remember(state_file: StateFile) -> None:
    assert state_file.load() == State()
    assert not state_file.path.parent.exists()


def test_the_file_and_its_directory_are_private(
    state_file: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_file.save(FULL)
    assert stat.S_IMODE(state_file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state_file.path.parent.stat().st_mode) == 0o700


def test_saving_leaves_no_other_file(state_file: StateFile) -> None:
    state_file.save(FULL)
    state_file.save(State())
    assert [path.name for path in state_file.path.parent.iterdir()] == ["state.toml"]


@pytest.mark.parametrize(
    "data", [b"theme = ", b"\xff\xfe", b"a = " + b"[" * 5000, b"a = " + b"9" * 5000]
)
def test_a_broken_file_is_put_aside(state_file: StateFile, data: bytes) -> None:
    state_file.save(FULL)
    state_file.path.write_bytes(data)
    assert state_file.load() == State()
    assert state_file.path.with_name("state.toml.broken").read_bytes() == data
    assert state_file.save(FULL)
    assert state_file.load() == FULL


def test_a_field_of_a_wrong_type_is_forgotten_alone(state_file: StateFile) -> None:
    state_file.save(State())
    state_file.path.write_text('theme = "moss"\nrecent_models = 3\nof_tomorrow = 1\n')
    assert state_file.load() == State(theme="moss")


def test_a_disk_that_refuses_the_state_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not StateFile(tmp_path / "file" / "state.toml").save(FULL)


def test_what_cannot_be_written_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state_file = StateFile(tmp_path / "file" / "state.toml")
    state_file.update(lambda state: state.with_model_used("demo/demo"))
    later = state_file.update(lambda state: state.with_favourite_toggled("a/b"))
    assert (later.last_model, later.favourites) == ("demo/demo", ("a/b",))


def test_a_folder_name_that_is_no_text_does_not_stop_saving(state_file: StateFile) -> None:
    assert state_file.save(msgspec.structs.replace(FULL, export_dir="/tmp/caf\udce9"))
    assert state_file.load().theme == "paper"


def test_an_update_keeps_what_another_program_wrote(state_file: StateFile) -> None:
    StateFile(state_file.path).save(State(theme="linen"))
    changed = state_file.update(lambda state: state.with_model_used("demo/demo"))
    assert changed == state_file.load()
    assert (changed.theme, changed.last_model) == ("linen", "demo/demo")


def test_recent_models_are_ten_without_doubles_the_last_first() -> None:
    state = State()
    for name in [f"openai/m{n}" for n in range(12)] + ["openai/m5"]:
        state = state.with_model_used(name)
    assert state.recent_models[:3] == ("openai/m5", "openai/m11", "openai/m10")
    assert len(state.recent_models) == len(set(state.recent_models)) == 10


def test_a_favourite_is_marked_and_unmarked() -> None:
    marked = State().with_favourite_toggled("a/b").with_favourite_toggled("c/d")
    assert marked.favourites == ("a/b", "c/d")
    assert marked.with_favourite_toggled("a/b").favourites == ("c/d",)


def test_an_export_is_proposed_again() -> None:
    state = State().with_export("text", "/tmp")
    assert (state.export_format, state.export_dir) == ("text", "/tmp")
    assert state.last_export == LastExport(format="text", dir="/tmp")
