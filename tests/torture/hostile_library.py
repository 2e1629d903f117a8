"""A library in which every word is hostile: titles, tags, folders, models, answers, notes, files and keys."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile import AFTER, BEFORE, CASES, LARGE, Case

SHORT = 300
"""Characters of a case in a name."""
BENIGN = Case("benign", "words that mean no harm")
OPEN_ID, BRANCH_ID = "hostile00001", "hostile00002"
_WHEN = "2026-11-{:02d}T09:{:02d}:00+00:00"


def small_cases() -> list[Case]:
    """All but those of megabytes."""
    return [case for case in CASES if case.name not in LARGE]


def write(root: Path, cases: list[Case]) -> None:
    """A session that says every case, its branch, and one session for each case that is named after it."""
    said = [_turn(number, case) for number, case in enumerate(cases)]
    _put(root / "all.json", OPEN_ID, cases[0], turns=said)
    inherited = [{**turn, "inherited": True} for turn in said[:-1]]
    branch = {"parent": {"id": OPEN_ID, "turn": len(said) - 1}}
    _put(
        root / "branch.json",
        BRANCH_ID,
        cases[-1],
        turns=[*inherited, said[0] | {"id": "own"}],
        **branch,
    )
    for number, case in enumerate(cases):
        _put(root / f"s{number:03d}.json", f"case{number:08d}", case, turns=[_turn(number, case)])
    _in_folders(root, cases)


def _in_folders(root: Path, cases: list[Case]) -> None:
    """Folders and files have hostile names where the disk takes them; one file is damaged."""
    for number, case in enumerate(cases[:: max(1, len(cases) // 12)]):
        name = os.fsdecode(case.data).replace("/", "").replace("\x00", "")[:40] or "x"
        folder = root / os.fsencode(name + str(number))[:200].decode("utf-8", "surrogateescape")
        folder.mkdir(exist_ok=True)
        _put(folder / f"{name[:20]}.json", f"infolder{number:04d}", case, turns=[_turn(0, case)])
        (folder / f"broken{name[:20]}.json").write_text("{nonsense")


def _turn(number: int, case: Case) -> dict[str, Any]:
    text = f"{BEFORE} {case.valid[:20_000]} {AFTER}"
    name = case.valid[:SHORT]
    answer = {"role": "assistant", "content": text, "model": f"server/{name}", "reasoning": text}
    return {
        "id": f"t{number}",
        "messages": [{"role": "user", "content": [
            {"type": "text", "text": text},
            {"type": "file", "name": name, "mime": name, "sha256": "0" * 64, "size": 9},
        ]}, {**answer, "timestamp": _WHEN.format(1 + number % 19, number % 60)}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
        "cost_estimate": 0.01 * (number % 3),
        "price": {"source": name, "date": name, "input_per_mtok": 1, "output_per_mtok": 1},
        "finish": "error" if number % 2 else "stop",
        "error": name,
        "alternatives": [{"message": {**answer, "content": f"other {text}"}, "finish": "stop", "cost_estimate": 0.02}],
    }  # fmt: skip


def _put(path: Path, session_id: str, case: Case, **more: Any) -> None:
    name = f"{BEFORE} {case.valid[:SHORT]} {AFTER}"
    session = {
        "id": session_id, "title": name, "model": f"server/{name}", "system": name, "status": name,
        "created_at": _WHEN.format(1, 0), "updated_at": _WHEN.format(19, 30),
        "params": {"temperature": 0.5, name: name, "stop": [name]},
        "meta": {"tags": [name, "common"], "project": name, "notes": name, name: name},
        **more,
    }  # fmt: skip
    path.write_text(json.dumps(session))


def write_config(home: Path, text: str) -> Callable[[str], str]:
    """Personas, prices and budgets that are named after `text`; answers how TOML writes a string."""
    name = text[:SHORT]
    folder = home / ".config" / "tui-sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "personas.toml").write_text(
        f"[{_toml('p' + name)}]\nmodel = {_toml('m/' + name)}\nsystem = {_toml(name)}\n"
        f"[{_toml('p' + name)}.params]\n{_toml(name)} = {_toml(name)}\n"
    )
    (folder / "prices.toml").write_text(
        f"[{_toml('server/' + name)}]\ninput_per_mtok = 1\noutput_per_mtok = 2\ndate = {_toml(name)}\n"
    )
    (folder / "config.toml").write_text(
        f'[budgets]\n{_toml("tag:" + name)} = "5"\n{_toml("folder:" + name)} = "5"\n'
    )
    return _toml


def _toml(text: str) -> str:
    """Escapes all but plain letters; TOML has no halves of letters."""
    kept = []
    for char in text:
        if 0xD800 <= ord(char) <= 0xDFFF:
            continue
        is_plain = " " <= char <= "~" and char not in '"\\'
        kept.append(char if is_plain else f"\\U{ord(char):08x}")
    return '"' + "".join(kept) + '"'
