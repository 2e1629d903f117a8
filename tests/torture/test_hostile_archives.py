"""Archives made to do harm: whatever stands in them, nothing is written outside, and it ends soon and small.

28 names as every kind of member, bombs, lies in headers, and mutated archives by the hundred.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import tarfile
import time
from pathlib import Path

import pytest
from hostile_ground import (
    FORMS,
    GOOD,
    KINDS,
    NAMES,
    Ground,
    archive_of,
    forged,
    manifest_of,
    member,
    now,
)
from proof import is_whole, size, tell

from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.safe_names import is_plain, placed
from tui_sessions.store.backup.writing import Options
from tui_sessions.store.library import Library

MINUTES = 10


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_leads_out_as_no_kind_of_member(ground: Ground, kind: str) -> None:
    count = 0
    for name in NAMES:
        for each in FORMS:
            ground.path.write_bytes(archive_of(name, KINDS[kind], each))
            assert "good" in ground.restore() or kind == "sparse", name
            ground.check()
            ground.empty()
            count += 1
    assert len(NAMES) == 28
    tell(
        "S3", "28 names, every kind of member, 3 forms of tar", f"{count} archives: 0 files outside"
    )


def test_harmless_names_are_given_and_no_others() -> None:
    for name in NAMES:
        for suffix in ("", ".json", "/x.json", ".json.gz"):
            found = placed(name + suffix)
            assert found is None or is_plain(found), name
    assert placed("CON.json") == "CON_.json"
    assert placed("-rf.json") == "_rf.json"
    assert placed("./a//b.json") == "a/b.json"


def test_a_forged_list_of_files_leads_nowhere(ground: Ground) -> None:
    for name in NAMES:
        names = (f"{name}.json", f"{name}/x.json", f"../{name}.json")
        plain = tuple(one for one in names if "\0" not in one)
        ground.path.write_bytes(forged(manifest_of(*names), plain))
        ground.restore()
        ground.check()
        ground.empty()
    folder = ground.folder / "archive.tar"
    folder.unlink()
    (folder / "library").mkdir(parents=True)
    (folder / "library" / "way").symlink_to(ground.folder)
    (folder / "library" / "link.json").symlink_to("../../outside")
    (folder / "manifest.json").write_bytes(manifest_of("way/outside.json", "link.json"))
    assert ground.restore() == ()
    tell("S3", "forged lists of files, 28 names three ways", "0 files outside")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"program": "tui-sessions", "format": 1, "members": [' + b"[]," * 1000,
        manifest_of("a.json", members=7),
        manifest_of("a.json", members=[["a.json", "session", "zz", -1]]),
        manifest_of("a.json", members=[["a.json", "session", "0" * 64, 2**70]]),
        manifest_of("a.json", members=[["%zz", "session", "0" * 64, 1]]),
        manifest_of("a.json", bases={"x": "../../outside"}),
        manifest_of("a.json", at="9" * 5000),
        b'{"program": "tui-sessions", "format": ' + b"9" * 5000 + b"}",
        b'{"a": "\\ud800", "program": "tui-sessions"}',
    ],
    ids=range(12),
)
def test_a_list_of_files_that_makes_no_sense_is_told(ground: Ground, data: bytes) -> None:
    ground.path.write_bytes(forged(data))
    ground.restore()
    ground.check()


def test_a_file_that_is_held_elsewhere_is_not_looked_for_elsewhere(ground: Ground) -> None:
    secret = ground.folder / "archive-secret"
    digest = hashlib.sha256(GOOD).hexdigest()
    for base in ("../outside", "/etc/passwd", "archive.tar", ".", ""):
        members = [["a.json", "session", digest, len(GOOD), 0, "", "base"]]
        data = manifest_of("a.json", members=members, bases={"base": base})
        ground.path.write_bytes(forged(data))
        assert ground.restore() == ()
        ground.check()
    assert not secret.exists()


BROKEN = {
    "a wrong checksum": lambda data: data[:148] + b"0000000\0" + data[156:],
    "no number for a size": lambda data: _resized(data, b"zzzzzzzzzzz\0"),
    "a size below nothing": lambda data: _resized(data, b"\xff" + b"\xff" * 11),
    "a size beyond all disks": lambda data: _resized(data, b"\x80" + b"\x7f" * 11),
    "a size beyond the end": lambda data: _resized(data, b"77777777777\0"),
    "cut in the header": lambda data: data[:300],
    "cut in the file": lambda data: data[:520],
    "a long name without end": lambda data: _long(b"L", 1 << 33) + data,
    "a header of pax without end": lambda data: _long(b"x", 1 << 33) + data,
    "a pax record that lies": lambda data: _pax(b"99 path=x\n") + data,
    "a pax record of nothing": lambda data: _pax(b"0 \n") + data,
    "a pax size of no number": lambda data: _pax(_record(b"size=-5")) + data,
    "a pax size beyond all disks": lambda data: _pax(_record(b"size=" + b"9" * 20)) + data,
    "a pax path outside": lambda data: _pax(_record(b"path=../../../outside.json")) + data,
    "a pax sparse file": lambda data: _pax(_record(b"GNU.sparse.realsize=99999999999")) + data,
    "thousands of headers before a file": lambda data: _pax(_record(b"a=b")) * 5000 + data,
    "twice the same": lambda data: data[:-1024] * 2 + b"\0" * 1024,
    "rubbish behind the end": lambda data: data + b"rubbish" * 1000,
}


def _resized(data: bytes, field: bytes) -> bytes:
    return _summed(data[:124] + field + data[136:512]) + data[512:]


def _summed(header: bytes) -> bytes:
    total = sum(header[:148]) + sum(header[156:512]) + 8 * 32
    return header[:148] + b"%06o\0 " % total + header[156:]


def _long(flag: bytes, stated: int, data: bytes = b"x" * 512) -> bytes:
    header = bytearray(member("././@LongLink", b"", 0)[:512])
    header[156:157] = flag
    header[124:136] = b"\x80" + stated.to_bytes(11, "big")
    return _summed(bytes(header)) + data


def _pax(records: bytes) -> bytes:
    return _long(b"x", len(records), records + b"\0" * (-len(records) % 512))


def _record(text: bytes) -> bytes:
    length = len(text) + 2
    while len(b"%d %s\n" % (length, text)) != length:
        length += 1
    return b"%d %s\n" % (length, text)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "packed"])
def test_lies_in_headers_are_told_or_passed_over(
    ground: Ground, name: str, is_packed: bool
) -> None:
    data = BROKEN[name](member("good.json", GOOD) + member("other.json", GOOD) + b"\0" * 1024)
    ground.path.write_bytes(gzip.compress(data) if is_packed else data)
    ground.restore()
    ground.check()


def test_wrong_gzip_data_is_told(ground: Ground) -> None:
    good = gzip.compress(member("good.json", GOOD) + b"\0" * 1024)
    for data in (
        good[:10],
        good[:-1],
        good[:-4] + b"wow!",
        b"\x1f\x8b" + os.urandom(500),
        b"\x1f\x8b",
        good + b"rubbish",
        good + b"\0" * 1000,
        gzip.compress(good),
    ):
        ground.path.write_bytes(data)
        ground.restore()
        ground.check()


def genuine(ground: Ground) -> list[bytes]:
    """Archives of ours and of others, to be mutated."""
    other = Library.open(ground.folder / "other", now=now)
    for number in range(4):
        (other.root).mkdir(exist_ok=True)
        text = {"id": f"s{number}", "turns": [], "title": f"T{number}", "n": "x" * 700 * number}
        (other.root / f"f{number}.json").write_text(json.dumps(text))
    other.attachments.put(b"picture", name="p")
    other.refresh()
    backups = Backups(other, ground.folder / "shelf", now=now)
    first = backups.make(None, Options())
    assert first is not None
    packed = first.path.read_bytes()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(other.root, "y" * 120)
    for folder in (ground.folder / "other", ground.folder / "shelf"):
        shutil.rmtree(folder)
    found = gzip.decompress(packed)
    return [packed, plain.getvalue(), gzip.compress(plain.getvalue(), 0), found]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Some bytes flipped, replaced, moved, taken out or put in."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        if not found:
            break
        at, length = chance.randrange(len(found)), chance.choice((1, 4, 12, 100, 512))
        match chance.randrange(6):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at : at + length] = chance.randbytes(length)
            case 2:
                del found[at : at + length]
            case 3:
                found[at:at] = found[chance.randrange(len(found)) :][:length]
            case 4:
                del found[at:]
            case 5:
                found[at : at + length] = bytes([chance.choice((0, 0x30, 0x37, 0xFF))]) * length
    return bytes(found)


def test_mutated_archives_never_crash_and_never_write_elsewhere(ground: Ground) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    sources = genuine(ground)
    end = time.monotonic() + MINUTES * 60
    count = brought = 0
    while count < size(300, 300) or (is_whole() and time.monotonic() < end):
        ground.path.write_bytes(mutated(chance.choice(sources), chance))
        try:
            found = ground.restore(is_sure=chance.random() < 0.5)
        except Exception as error:
            raise AssertionError(f"archive {count} of the seed {seed}") from error
        brought += bool(found)
        count += 1
        if found or count % 50 == 0:
            ground.check()
            ground.empty()
    tell(
        "S3",
        "mutated archives restored",
        f"{count:,}: 0 crashes, 0 files outside; out of {brought:,} something came back",
    )
