"""Upper floors import lower ones, never back (DESIGN.md §2): the contracts in pyproject.toml."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True, no_logo=True))
"""


def linted(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says about the package in `root`, in a process of its own because it
    imports the package and leaves `sys.path` changed."""
    return subprocess.run(
        [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml")],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_contract_is_kept() -> None:
    result = linted(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_an_import_upwards_breaks_a_contract(tmp_path: Path) -> None:
    for source in (ROOT / "tui_sessions").rglob("*.py"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    lower = tmp_path / "tui_sessions" / "model" / "usage.py"
    lower.write_text(lower.read_text("utf-8") + "\nimport tui_sessions.config.schema\n", "utf-8")
    result = linted(tmp_path)
    assert result.returncode == 1
    assert "tui_sessions.model.usage -> tui_sessions.config.schema" in result.stdout
