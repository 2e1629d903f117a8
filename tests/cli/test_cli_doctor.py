"""`doctor`, `export --skip-corrupted`: in words, as JSON, with exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("two")


def damage(folder: Path, name: str = "cut.json") -> bytes:
    """A file cut off in its second turn."""
    whole = next(
        path.read_bytes()
        for path in sorted(folder.glob("*.json"))
        if b"decorator" in path.read_bytes()
    )
    cut = whole[: whole.index(b"And a decorator?") + 12]
    (folder / name).write_bytes(cut)
    return cut


def test_a_damaged_library_is_looked_over_mended_and_then_well(run, folder: Path) -> None:
    cut = damage(folder)
    looked = run("doctor")
    assert looked.code == 3
    assert "cut.json: It is cut off" in looked.out
    assert "tui-sessions doctor --repair" in looked.out
    assert sorted(path.name for path in folder.glob("cut*")) == ["cut.json"]
    mended = run("doctor", "--repair")
    assert mended.code == 0, mended.out
    assert "cut.recovered.json" in mended.out
    assert (folder / "cut.json").read_bytes() == cut
    again = run("doctor", "--repair")
    assert again.code == 0
    assert "What can be read of it stands in cut.recovered.json" in again.out
    assert len(list(folder.glob("cut*"))) == 2


def test_a_dry_run_says_what_would_be_done_and_does_nothing(run, folder: Path) -> None:
    damage(folder)
    before = sorted(os.listdir(folder))
    said = run("doctor", "--repair", "--dry-run")
    assert said.code == 3
    assert "To be done: 3 messages can be read" in said.out
    assert "Nothing was changed." in said.out
    assert sorted(os.listdir(folder)) == before


def test_findings_are_told_to_programs(run, folder: Path) -> None:
    damage(folder)
    record = run("doctor", "--repair", "--format", "json").json
    (found,) = [one for one in record["findings"] if one["kind"] == "damaged"]
    assert (found["path"], found["severity"], found["problem"]) == ("cut.json", "error", None)
    assert "cut.recovered.json" in found["done"]
    assert record["files"] == 3
    assert record["left"] == 0


def test_an_empty_library_and_one_that_is_not_there_are_well(
    run, folder: Path, tmp_path: Path
) -> None:
    for place in (tmp_path / "empty", tmp_path / "nowhere"):
        if place.name == "empty":
            place.mkdir(mode=0o700)
        said = run("--dir", str(place), "doctor", "--repair")
        assert said.code == 0, said.out + said.err
    assert not (tmp_path / "nowhere").exists()


def test_files_of_other_forms_are_told_and_brought_into_ours(run, folder: Path) -> None:
    run("doctor", "--repair")
    looked = run("doctor")
    assert looked.code == 0
    assert "doctor --migrate" in looked.out
    assert run("doctor", "--migrate").code == 0
    assert "All is well" in run("doctor").out
    assert len(list((folder / ".tui-sessions" / "migrated").rglob("*.json"))) == 2


def test_broken_configuration_is_told_among_the_rest(
    run, folder: Path, monkeypatch, tmp_path: Path
) -> None:
    config = tmp_path / "broken.toml"
    config.write_text("theme = [")
    said = run("--dir", str(folder), "--config", str(config), "doctor")
    assert said.code == 3
    assert "broken.toml" in said.out
    assert "files read" in said.out


def test_the_readable_part_of_damaged_files_is_exported(run, folder: Path) -> None:
    damage(folder)
    left_out = run("export", "--all", "--format", "json", "-o", "-")
    assert left_out.code == 3
    said = run("export", "--all", "--skip-corrupted", "--format", "json", "-o", "-")
    assert said.code == 0
    assert len(said.json["sessions"]) == 3
    assert "cut.json: 3 messages can be read" in said.err


def test_the_readable_part_of_one_file_is_exported_by_its_path(run, folder: Path) -> None:
    damage(folder)
    assert run("export", "cut.json", "-o", "-").code == 3
    for name in ("cut.json", "cut", str(folder / "cut.json")):
        said = run("export", name, "--skip-corrupted", "-o", "-")
        assert said.code == 0, said.err
        assert json.loads(said.out)["turns"][0]["messages"][0]["content"].startswith("How do I")
    assert run("export", "nothing.json", "--skip-corrupted", "-o", "-").code == 1


def test_a_file_in_which_nothing_can_be_read_is_left_out_with_a_word(run, folder: Path) -> None:
    (folder / "zeros.json").write_bytes(b"\0" * 99)
    said = run("export", "--all", "--skip-corrupted", "--format", "json", "-o", "-")
    assert said.code == 0
    assert "zeros.json: nothing of a conversation can be read" in said.err
    assert run("export", "zeros.json", "--skip-corrupted", "-o", "-").code == 3


def test_broken_prices_and_personas_are_told_among_the_rest(run, folder: Path) -> None:
    run("doctor", "--repair")
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "tui-sessions"
    config.mkdir(parents=True, exist_ok=True)
    (config / "prices.toml").write_text("[[")
    (config / "personas.toml").write_text("= 3")
    said = run("doctor")
    assert said.code == 3
    assert "prices.toml" in said.out
    assert "personas.toml" in said.out


def test_what_mends_several_in_the_same_way_stands_once(run, folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.glob("*.json"):
        path.chmod(0o644)
    said = run("doctor").out
    assert said.count("→ Close it to others: 0600.") == 1
    assert "the library itself: Its mode is 0755." in said
