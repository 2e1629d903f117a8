"""How big a proof is, and what it found: the same tests run small in `make test` and whole in `make torture`."""

from __future__ import annotations

import json
import os
from pathlib import Path

_SIZE = "TORTURE"
_FINDINGS = "TORTURE_FINDINGS"
"""A folder into which every proof writes what it found; not set in `make test`."""


def is_whole() -> bool:
    """Whether the proofs run at full size."""
    return os.environ.get(_SIZE) == "whole"


def size(small: int, whole: int) -> int:
    """`small` in `make test`, `whole` in `make torture`."""
    return whole if is_whole() else small


def tell(check: str, what: str, found: str) -> None:
    """A figure for the report: of which check of the table (`R1`, `S3`, …), what was counted, and the result."""
    folder = os.environ.get(_FINDINGS)
    if folder is None:
        return
    line = json.dumps({"check": check, "what": what, "found": found})
    # One file a process: several workers write at once.
    with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as findings:
        findings.write(line + "\n")
