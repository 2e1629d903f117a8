"""A disk that is full: what stood in the small files stands there still, and why nothing new does is said."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from full_disk import FullDisk, full_disk

from tui_sessions.config.drafts import Draft, DraftFile
from tui_sessions.config.edit import write_config
from tui_sessions.config.personas import Persona, PersonaFile
from tui_sessions.config.prompt_library import PromptLibrary
from tui_sessions.config.prompts import PromptFile
from tui_sessions.config.queue_file import QueueFile
from tui_sessions.config.state import StateFile
from tui_sessions.errors import StoreError

LONG = "long " * 4_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FullDisk]:
    with full_disk(tmp_path / "disk", "128k") as disk:
        yield disk


def only_filler(disk: FullDisk, *names: str) -> None:
    """No torn temporary file is left behind."""
    assert sorted(path.name for path in disk.root.iterdir()) == sorted(["filler", *names])


def test_drafts_are_in_memory_until_there_is_room(disk: FullDisk) -> None:
    file = DraftFile(disk.root / "drafts.json")
    assert file.keep("a", Draft("before"))
    disk.fill()
    assert not file.keep("a", Draft(LONG))
    assert file.problem == "the disk is full"
    assert file.load()["a"].text == LONG
    assert DraftFile(file.path).load()["a"].text == "before"
    assert not file.write_again()
    only_filler(disk, "drafts.json")
    disk.make_room()
    assert file.write_again()
    assert file.problem == ""
    assert DraftFile(file.path).load()["a"].text == LONG


def test_the_history_of_prompts_is_never_torn(disk: FullDisk) -> None:
    file = PromptFile(disk.root / "prompts.jsonl")
    assert file.add("before")
    disk.fill()
    assert not file.add(LONG[:19_000])
    assert file.problem == "the disk is full"
    assert file.path.read_bytes() == b'"before"\n'
    disk.make_room()
    assert file.add("after")
    assert file.load() == ("before", "after")


def test_a_line_that_a_crash_left_torn_is_not_written_on(tmp_path: Path) -> None:
    file = PromptFile(tmp_path / "prompts.jsonl")
    file.add("before")
    with file.path.open("ab") as torn:
        torn.write(b'"half')
    assert file.add("after")
    assert file.load() == ("before", "after")


def test_the_state_is_in_memory_until_the_end(disk: FullDisk) -> None:
    file = StateFile(disk.root / "state.toml")
    file.update(lambda state: msgspec.structs.replace(state, theme="paper"))
    disk.fill()
    state = file.update(lambda state: msgspec.structs.replace(state, filters=(LONG,)))
    assert (state.theme, state.filters) == ("paper", (LONG,))
    assert file.problem == "the disk is full"
    assert StateFile(file.path).load().filters == ()
    only_filler(disk, "state.toml")


def test_a_prompt_that_cannot_wait_is_refused_and_those_that_wait_stay(disk: FullDisk) -> None:
    file = QueueFile(disk.root / "queue", disk.root)
    file.write([{"id": "1", "text": "before"}])
    disk.fill()
    with pytest.raises(OSError, match="No space") as refused:
        file.write([{"id": "1", "text": "before"}, {"id": "2", "text": LONG}])
    assert refused.value.errno == errno.ENOSPC
    file.close()
    assert QueueFile(disk.root / "queue", disk.root).adopt() == []  # cannot be taken over now
    disk.make_room()
    assert QueueFile(disk.root / "queue", disk.root).adopt() == [{"id": "1", "text": "before"}]


def test_personas_kept_prompts_and_the_configuration_say_so(disk: FullDisk) -> None:
    personas = PersonaFile(disk.root / "personas.toml")
    personas.save(Persona(name="cook"))
    disk.fill()
    with pytest.raises(StoreError, match="could not be written: No space left"):
        personas.save(Persona(name="poet", system=LONG))
    with pytest.raises(StoreError, match="could not be kept in"):
        PromptLibrary(disk.root).keep("soup", LONG)
    with pytest.raises(StoreError, match="could not be written: No space left"):
        write_config(disk.root / "config.toml", f'[chat]\nsystem = "{LONG}"\n')
    assert [persona.name for persona in PersonaFile(personas.path).all()] == ["cook"]
    only_filler(disk, "personas.toml")
