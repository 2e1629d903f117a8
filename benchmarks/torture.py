"""`make torture`: every proof that nothing is lost and nothing gets in, at full size; the figures go into
`benchmarks/RELIABILITY.md`.

`python -m benchmarks.torture --only kills` runs those whose file or name has that word, and leaves the figures of
the others as they stand.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_REPORT = _ROOT / "benchmarks" / "RELIABILITY.md"
_TESTS = _ROOT / "tests" / "torture"
_ROW = re.compile(
    r"^\| (?P<check>[RS]\d+) \| (?P<what>[^|]+) \| (?P<found>[^|]*) \| (?P<day>[^|]*) \|$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"((?:worst|p99|at most) )?(?<![\w.])(\d[\d,]*(?:\.\d+)?)")
"""With the word before it that makes it no count."""


def main() -> int:
    """Run the proofs, write what they found, and give pytest's exit code."""
    asked = argparse.ArgumentParser(prog="make torture", description=__doc__)
    asked.add_argument("--only", default="", metavar="WORD", help="proofs whose name has that word")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as findings:
        environ = {**os.environ, "TORTURE": "whole", "TORTURE_FINDINGS": findings}
        command = [sys.executable, "-m", "pytest", str(_TESTS), "-n", str(words.jobs)]
        command += (
            ["--dist", "worksteal", "-k", words.only] if words.only else ["--dist", "worksteal"]
        )
        code = subprocess.run(command, cwd=_ROOT, env=environ, check=False).returncode
        _report(list(_findings(Path(findings))))
    return code


def _findings(folder: Path) -> Iterator[dict[str, str]]:
    """One for each thing that was counted: proofs run in parts, on several processors."""
    parts: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            said = json.loads(line)
            parts.setdefault((said["check"], said["what"]), []).append(said["found"])
    for (check, what), found in sorted(parts.items()):
        yield {"check": check, "what": what, "found": _together(found)}


def _together(found: list[str]) -> str:
    """The same sentence of several parts as one: counts are added, of what is worst the worst stays."""
    if len({_NUMBER.sub("#", sentence) for sentence in found}) > 1:
        return " · ".join(found)
    columns = zip(*(_NUMBER.findall(sentence) for sentence in found), strict=True)
    values = [
        (before, [float(number.replace(",", "")) for _, number in column])
        for column in columns
        for before in [column[0][0]]
    ]
    merged = iter(max(numbers) if before else sum(numbers) for before, numbers in values)
    return _NUMBER.sub(lambda match: f"{match[1] or ''}{next(merged):,g}", found[0])


def _report(findings: list[dict[str, str]]) -> None:
    """Puts the new figures in the rows of the old ones."""
    text = _REPORT.read_text()
    today = date.today().isoformat()
    for finding in findings:
        check, what = finding["check"], finding["what"]
        row = f"| {check} | {what} | {finding['found']} | {today} |"
        old = [m for m in _ROW.finditer(text) if (m["check"], m["what"].strip()) == (check, what)]
        if old:
            text = text[: old[0].start()] + row + text[old[0].end() :]
        else:
            text = text.rstrip("\n") + "\n" + row + "\n"
    _REPORT.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
