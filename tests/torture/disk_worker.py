"""The program, imported once and run in forks: one command line each, with a disk that fails as it is told.

Reads one job (a JSON line) after another from standard input, and writes what came of each. Run with the
shim (`shim.c`) preloaded, or without one where no faults are wanted.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any, cast

SEEN, PLACE = 16_384, 200
HANGS_AFTER_S = 30
_WHOLE = 1 << 26


class Seen(ctypes.Structure):
    """An operation that passed; as in `shim.c`."""

    _fields_ = (("operation", ctypes.c_int), ("place", ctypes.c_char * PLACE))


class Plan(ctypes.Structure):
    """What is to happen, and what happened; as in `shim.c`."""

    _fields_ = (
        ("is_armed", ctypes.c_int),
        ("action", ctypes.c_int),
        ("error", ctypes.c_int),
        ("lasting", ctypes.c_uint),
        ("nth", ctypes.c_long),
        ("count", ctypes.c_long),
        ("struck", ctypes.c_long),
        ("below", ctypes.c_char * 1024),
        ("seen", Seen * SEEN),
    )


def main() -> int:
    """Serves until standard input ends."""
    plan = _plan()
    _import_all()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_done(json.loads(line), plan)) + "\n")
        sys.stdout.flush()
    return 0


def _plan() -> Plan | None:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "disk_plan"):
        return None
    libc.disk_plan.restype = ctypes.POINTER(Plan)
    return cast(Plan, libc.disk_plan().contents)


def _import_all() -> None:
    """What the first command would be slow for; no thread may be left running by it."""
    import tui_sessions

    for module in pkgutil.walk_packages(tui_sessions.__path__, "tui_sessions."):
        if not module.name.startswith("tui_sessions.tui"):
            with suppress(ImportError):  # An extra that is not installed.
                importlib.import_module(module.name)
    for name in ("asyncio", "concurrent.futures.thread", "hashlib", "sqlite3", "tempfile"):
        importlib.import_module(name)
    from datetime import UTC, datetime

    from tui_sessions.model.usage import Usage
    from tui_sessions.providers.prices import Prices

    Prices(None).cost("openai/gpt-4o", Usage(prompt_tokens=1), datetime.now(UTC))


def _done(job: dict[str, Any], plan: Plan | None) -> dict[str, Any]:
    if "shell" in job:  # Where this program has a file system of its own, others have to ask it.
        done = subprocess.run(job["shell"], capture_output=True, text=True, check=False)
        told = {"code": done.returncode, "out": done.stdout, "err": done.stderr}
        return {**told, "count": 0, "struck": 0, "seen": []}
    files = [os.memfd_create(name) for name in ("in", "out", "err")]
    os.write(files[0], job.get("stdin", "").encode())
    os.lseek(files[0], 0, os.SEEK_SET)
    if plan is not None:
        plan.is_armed = plan.count = plan.struck = 0
    child = os.fork()
    if child == 0:
        _be_child(job, plan, files)
    _, status = os.waitpid(child, 0)
    told = {"code": os.waitstatus_to_exitcode(status), "count": 0, "struck": 0, "seen": []}
    if plan is not None:
        plan.is_armed = 0
        told |= {"count": plan.count, "struck": plan.struck}
        if job.get("wants_seen"):
            seen = plan.seen[: min(plan.count, SEEN)]
            told["seen"] = [[each.operation, os.fsdecode(each.place)] for each in seen]
    for name, file in zip(("in", "out", "err"), files, strict=True):
        os.lseek(file, 0, os.SEEK_SET)
        told[name] = os.read(file, _WHOLE).decode("utf-8", "replace")
        os.close(file)
    return told


def _be_child(job: dict[str, Any], plan: Plan | None, files: list[int]) -> None:
    code = 99
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.alarm(HANGS_AFTER_S)
        os.environ.clear()
        os.environ.update(job["environ"])
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole life
        if job.get("file_limit"):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_limit"], job["file_limit"]))
        from tui_sessions.cli.main import main as program

        if plan is not None and "plan" in job:
            for name, value in job["plan"].items():
                setattr(plan, name, os.fsencode(value) if isinstance(value, str) else value)
            plan.is_armed = 1
        code = program(job["argv"])
    except BaseException:  # noqa: BLE001 - the child of a fork never goes back into the server
        import traceback

        traceback.print_exc()
    finally:
        if plan is not None:
            plan.is_armed = 0
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
