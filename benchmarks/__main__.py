"""`python -m benchmarks`: measures the figures that the program is held to and prints them as a table."""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks import (
    adding,
    client,
    commands,
    indexing,
    reading,
    saving,
    searching,
    server,
    starting,
    statistics_screen,
    streaming,
    tree,
)
from benchmarks.figure import Figure
from benchmarks.report import report
from benchmarks.rig import Rig
from benchmarks.terminal import NotSeenError

RESULTS = Path(__file__).with_name("RESULTS.md")
Scenario = Callable[[Rig], Iterator[Figure]]
SCENARIOS: tuple[tuple[str, Scenario], ...] = (
    ("F1", starting.start),
    ("F2", commands.commands),
    ("F3", reading.opening),
    ("F4", reading.paging),
    ("F4", reading.resizing),
    ("F5", streaming.full_speed),
    ("F6", streaming.paced),
    ("F7", streaming.echo_at_full_speed),
    ("F8", searching.searching),
    ("F9", tree.tree),
    ("F10", indexing.first_index),
    ("F11", saving.saving),
    ("F12", client.client),
    ("F13", starting.idle),
    ("F14", adding.statistics),
    ("F14", statistics_screen.statistics_screen),
)
_EXAMPLES = """\
examples:
  python -m benchmarks                        everything, in less than six minutes on two cores
  python -m benchmarks --only F5,F7 --runs 5
  python -m benchmarks --sizes 1k,10k,100k --libraries /var/tmp/libraries --save
"""


def sizes(text: str) -> tuple[int, ...]:
    """`1k,10k` as numbers, the smallest first."""
    return tuple(sorted(int(size.lower().replace("k", "000")) for size in text.split(",")))


def ids(text: str) -> tuple[str, ...]:
    """`f5,F7` as ids. Raises `ArgumentTypeError` for one that is not measured."""
    wanted = tuple(word.strip().upper() for word in text.split(","))
    known = {name for name, _ in SCENARIOS}
    if unknown := set(wanted) - known:
        raise ArgumentTypeError(f"not measured: {', '.join(sorted(unknown))}")
    return wanted


def options(arguments: Sequence[str] | None = None) -> Namespace:
    """What the command line says."""
    parser = ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    known = ",".join(name for name, _ in SCENARIOS)
    parser.add_argument("--only", type=ids, metavar="IDS", help=f"of {known}")
    parser.add_argument("--sizes", type=sizes, default=(1_000, 10_000), help="of the libraries")
    parser.add_argument("--runs", type=int, default=3, help="of everything that is repeated")
    parser.add_argument(
        "--libraries", type=Path, metavar="DIR", help="keep the libraries there for the next time"
    )
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name} as well")
    return parser.parse_args(arguments)


def measured(rig: Rig, only: Sequence[str] | None) -> Iterator[Figure]:
    """Every figure; one that cannot be measured is told and left out."""
    for name, scenario in SCENARIOS:
        if only and name not in only:
            continue
        began = time.perf_counter()
        try:
            yield from scenario(rig)
        except NotSeenError as problem:
            print(f"{name} could not be measured: {problem}", file=sys.stderr)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print; the exit code."""
    wanted = options()
    if not Path("/proc/self/schedstat").exists():
        print("The benchmarks read /proc: they run on Linux.", file=sys.stderr)
        return 2
    sys.setswitchinterval(
        0.0005
    )  # the thread that stamps bytes must not wait for the one that reads
    with tempfile.TemporaryDirectory(prefix="tui-sessions-bench-") as work, server.running() as url:
        libraries = wanted.libraries or Path(work) / "libraries"
        rig = Rig(Path(work), wanted.runs, wanted.sizes, url, libraries.resolve())
        streaming.warm_up(rig)
        figures = list(measured(rig, wanted.only))
    text = report(figures, datetime.now())
    print(text)
    if wanted.save:
        RESULTS.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
