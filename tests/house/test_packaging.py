"""What is installed works away from the checkout: wheel and editable install, both built here.

Offline: hatchling builds in this environment, and the wheel is unpacked instead of installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THEMES = {path.name for path in (ROOT / "themes").glob("*.toml")}
BUILD_EDITABLE = "import sys, hatchling.build as b; b.build_editable(sys.argv[1])"
FIND = """
import site, sys
site.addsitedir(sys.argv[1])
from tui_sessions.config.load import example_text
from tui_sessions.config.paths import shipped
from tui_sessions.cli.main import main
import tui_sessions.config.paths as module
print(module.__file__)
print(shipped("themes"))
print(" ".join(sorted(path.name for path in shipped("themes").glob("*.toml"))))
print(len(example_text()))
sys.exit(main(["--help"]))
"""


def built(folder: Path, *command: str) -> Path:
    """Runs a build in the checkout; gives the wheel unpacked in a folder."""
    subprocess.run(
        [sys.executable, *command, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=100,
    )
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def found_from(site: Path, folder: Path) -> list[str]:
    """What the installed program finds, started somewhere else."""
    # -S: the .pth files of this environment, in which the checkout is installed, do not count.
    # So the package is found through `site` and its .pth file, or not at all.
    libraries = sysconfig.get_paths()["purelib"]
    result = subprocess.run(
        [sys.executable, "-S", "-P", "-c", FIND, str(site)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": libraries},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"), "-m", "hatchling", "build", "-t", "wheel", "-d")


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("editable"), "-c", BUILD_EDITABLE)


def test_the_wheel_holds_the_program_its_themes_and_the_example(wheel: Path) -> None:
    package = wheel / "tui_sessions"
    assert {path.name for path in (package / "themes").iterdir()} == THEMES
    assert (package / "config.example.toml").is_file()
    sources = {path.relative_to(ROOT) for path in (ROOT / "tui_sessions").rglob("*.py")}
    sources |= {path.relative_to(ROOT) for path in (ROOT / "tui_sessions").rglob("*.tcss")}
    assert {path for path in sources if not (wheel / path).is_file()} == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    assert {path.name.split("-")[0] for path in wheel.iterdir()} == {"tui_sessions"}
    kinds = {path.suffix for path in (wheel / "tui_sessions").rglob("*") if path.is_file()}
    assert kinds <= {".py", ".tcss", ".toml", ".typed", ".md"}


def test_the_wheel_gives_the_command(wheel: Path) -> None:
    (entry_points,) = wheel.glob("*.dist-info/entry_points.txt")
    assert "tui-sessions = tui_sessions.cli.main:main" in entry_points.read_text()


def test_a_wheel_finds_its_themes_and_example_inside_itself(wheel: Path, tmp_path: Path) -> None:
    module, themes, names, example, *_ = found_from(wheel, tmp_path)
    assert Path(module).is_relative_to(wheel)
    assert Path(themes) == wheel / "tui_sessions" / "themes"
    assert set(names.split()) == THEMES
    assert int(example) > 1000


def test_an_editable_install_finds_those_of_the_checkout(editable: Path, tmp_path: Path) -> None:
    module, themes, names, example, *_ = found_from(editable, tmp_path)
    assert Path(module).is_relative_to(ROOT / "tui_sessions")
    assert Path(themes) == ROOT / "themes"
    assert set(names.split()) == THEMES
    assert int(example) > 1000
