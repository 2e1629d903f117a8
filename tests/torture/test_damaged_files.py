"""Files damaged in every way there is: nothing crashes, no original is touched, the good ones are listed, and
what is not damaged is recovered."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from damages import DAMAGES
from proof import size, tell

from tui_sessions.cli.main import main
from tui_sessions.codec.encode import encode, session_tree
from tui_sessions.codec.legible import legible
from tui_sessions.codec.salvage import Salvaged, salvage
from tui_sessions.model.message import Message
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store.library import Library

START = datetime(2026, 3, 1, tzinfo=UTC)
BATCH = 250
LEAST = 0.95
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NO_LETTER = re.compile(r"[\W_]+")
TEXTS = (
    "Soup with {n} carrots, please.",
    'He said "{n}", and left: {{"role": "user", "content": "not me"}}',
    "```python\nprint({n})  # [1, 2, {{3}}]\n```\n\nDone.",
    "Grüße aus Köln, 京都 and 🥕 {n}",
    "C:\\new\\{n}\\table",
    "{n}",
)


def written(number: int, random: Random) -> tuple[bytes, list[str]]:
    """A session file in one of the forms that are read, and the texts in it; each text is like no other."""
    texts = []

    def said() -> str:
        texts.append(
            random.choice(TEXTS).format(n=f"{number}-{len(texts)}")
            + " tail" * random.randint(0, 30)
        )
        return texts[-1]

    turns = tuple(
        Turn(
            id=f"t{number}x{place}",
            messages=(
                Message(role="user", content=said(), timestamp=START + timedelta(minutes=place)),
                Message(
                    role="assistant",
                    content=said(),
                    timestamp=START + timedelta(minutes=place, seconds=9),
                ),
            ),
            usage=Usage(prompt_tokens=5, completion_tokens=7, total_tokens=12),
            finish="stop",
        )
        for place in range(random.randint(2, 14))
    )
    session = Session(
        id=f"s{number}", title=f"Soup {number}", turns=turns, meta=Meta(tags=("soup",))
    )
    tree = session_tree(session)
    match number % 4:
        case 0:
            return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode(), texts
        case 1:
            return json.dumps(tree, indent=1, ensure_ascii=False).encode(), texts
    return encode(session), texts


def undamaged(damaged: bytes, texts: list[str]) -> list[str]:
    """The texts that stand in the bytes whole, in quotes."""
    readable = legible(damaged).texts
    forms = {text: (json.dumps(text), json.dumps(text, ensure_ascii=False)) for text in texts}
    return [t for t in texts if any(form in text for form in forms[t] for text in readable)]


def found_in(salvaged: Salvaged) -> list[Message]:
    if salvaged.session is None:
        return []
    return [message for turn in salvaged.session.turns for message in turn.messages]


def found_session(salvaged: Salvaged) -> Any:
    return session_tree(salvaged.session) if salvaged.session is not None else None


def all_texts(value: Any) -> Iterator[str]:
    """Every text in a session: one whose key was damaged is kept under the key that stands there."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in all_texts(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in all_texts(item))


def is_there(message: Message, damaged: bytes) -> bool:
    """Whether the letters of a message stand in the bytes, in whatever way they are written there."""
    if not isinstance(message.content, str):
        return True  # Parts, which are shown by their kinds.
    places = [letters(form) for text in legible(damaged).texts for form in (text, unescaped(text))]
    return all(
        any(letters(piece) in place for place in places) for piece in message.text.split("\ufffd")
    )


def letters(text: str) -> str:
    return _NO_LETTER.sub("", text)


def unescaped(text: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        return chr(int(escape[1], 16)) if escape[1] else _ESCAPES.get(escape[2], escape[2])

    return _ESCAPE.sub(plain, text)


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_not_damaged_is_read_and_nothing_is_made_up(kind: str) -> None:
    wanted = had = 0
    for number in range(size(27, 400)):
        random = Random(f"{kind} {number}")
        data, texts = written(number, random)
        damaged = DAMAGES[kind](data, random)
        salvaged = salvage(damaged)
        found = found_in(salvaged)
        told = set(all_texts(found_session(salvaged)))
        whole = undamaged(damaged, texts)
        wanted += len(whole)
        had += sum(text in told for text in whole)
        assert all(is_there(message, damaged) for message in found), (kind, number)
    if wanted:
        assert had / wanted >= LEAST, f"{kind}: {had} of {wanted}"


def batches(count: int) -> Iterator[list[tuple[str, bytes, list[str]]]]:
    kinds = list(DAMAGES)
    batch: list[tuple[str, bytes, list[str]]] = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        random = Random(f"library {number}")
        data, texts = written(number, random)
        suffix = ".json.gz" if kind == "gzip_cut" else ".json"
        batch.append((f"{number}-{kind}{suffix}", DAMAGES[kind](data, random), texts))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def program(*words: str) -> tuple[int, str, str]:
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
        out.flush()
    return code, out.buffer.getvalue().decode("utf-8", "replace"), err.getvalue()


def test_a_library_of_damaged_files_is_listed_exported_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    count = size(len(DAMAGES) * 4, 10_000)
    wanted = had = damaged_files = 0
    for number, batch in enumerate(batches(count)):
        root = tmp_path / f"library{number}"
        root.mkdir()
        good = [root / f"good{place}.json" for place in range(3)]
        for place, path in enumerate(good):
            path.write_bytes(
                encode(Session(id=f"good{place}", title=f"Good {place}", updated_at=START))
            )
        for name, data, _ in batch:
            (root / name).write_bytes(data)
        before = {name: data for name, data, _ in batch}

        code, listed, err = program("--dir", str(root), "list", "--all", "--format", "ids")
        assert code == 0, err
        assert {f"good{place}" for place in range(3)} <= set(listed.split())
        code, exported, err = program(
            "--dir", str(root), "export", "--all", "--skip-corrupted", "--format", "json", "-o", "-"
        )
        assert code == 0, err
        code, _, err = program("--dir", str(root), "doctor", "--repair")
        assert code in (0, 3), err
        assert "should not have" not in err

        for name, data in before.items():
            assert (root / name).read_bytes() == data or is_rightly_changed(root, name, data), name
        library = Library.open(root, now=lambda: START)
        damaged_files += len(library.damaged())
        told = set(texts_of(library))
        for _, data, texts in batch:
            whole = undamaged(data, texts)
            wanted += len(whole)
            had += sum(text in told for text in whole)
        assert wanted_texts(exported) <= told
    assert had / wanted >= LEAST, f"{had} of {wanted}"
    tell(
        "R8",
        "damaged files, kinds of damage",
        f"{count:,} files, {len(DAMAGES)} kinds, {damaged_files:,} unreadable",
    )
    tell("R8", "crashes, originals destroyed, good neighbours not listed", "0, 0, 0")
    tell(
        "R8", "undamaged messages recovered", f"{100 * had / wanted:.2f} % ({had:,} of {wanted:,})"
    )


def wanted_texts(exported: str) -> set[str]:
    document = json.loads(exported)
    return {
        message["content"]
        for session in document["sessions"]
        for turn in session["turns"]
        for message in turn["messages"]
        if isinstance(message.get("content"), str)
    }


def is_rightly_changed(root: Path, name: str, data: bytes) -> bool:
    """A file that could be read all the same, and stated an id that another one had, got one of its own."""
    kept = [path.read_bytes() for path in (root / ".tui-sessions").rglob("*") if path.is_file()]
    return data in kept


def texts_of(library: Library) -> Iterator[str]:
    for row in library.rows():
        yield from all_texts(session_tree(library.load(row.id)))


def test_what_was_recovered_is_not_recovered_again(tmp_path: Path) -> None:
    random = Random(1)
    data, _ = written(7, random)
    (tmp_path / "soup.json").write_bytes(data[: len(data) // 2])
    library = Library.open(tmp_path, now=lambda: START)
    for _ in range(3):
        library.doctor.mend(library.doctor.check().findings)
    assert {"soup.json", "soup.recovered.json"} == set(os.listdir(tmp_path)) - {".tui-sessions"}
