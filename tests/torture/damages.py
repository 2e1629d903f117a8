"""Ways in which a session file is damaged: what disks, crashes, programs and people do to it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any

Damage = Callable[[bytes, Random], bytes]
_TYPES: tuple[Any, ...] = (None, 0, 3.5, True, [], {}, "odd", [[]], 10**40, -1, {"a": None})


def cut_off(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(1, len(data))]


def beginning_lost(data: bytes, random: Random) -> bytes:
    return data[random.randrange(1, len(data) // 2) :]


def hole(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randint(1, 300) :]


def one_bit(data: bytes, random: Random) -> bytes:
    damaged = bytearray(data)
    damaged[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def many_bits(data: bytes, random: Random) -> bytes:
    for _ in range(random.randint(2, 40)):
        data = one_bit(data, random)
    return data


def quotes_and_brackets(data: bytes, random: Random) -> bytes:
    """Only what holds the file together: the worst bytes to lose."""
    damaged = bytearray(data)
    places = [at for at, byte in enumerate(data) if byte in b'"{}[],:\\']
    for at in random.sample(places, min(len(places), random.randint(1, 6))):
        damaged[at] = random.choice(b"#x ;")
    return bytes(damaged)


def zeros_inside(data: bytes, random: Random) -> bytes:
    at, count = random.randrange(len(data)), random.choice((1, 30, 512, 2048))
    return data[:at] + bytes(min(count, len(data) - at)) + data[at + count :]


def zeros_to_the_end(data: bytes, random: Random) -> bytes:
    at = random.randrange(1, len(data))
    return data[:at] + bytes(len(data) - at)


def zeros_behind(data: bytes, random: Random) -> bytes:
    return data + bytes(random.choice((1, 100, 4096)))


def noise_inside(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.randint(1, 80)) + data[at:]


def noise_behind(data: bytes, random: Random) -> bytes:
    return data + random.choice((b"}", b"]}", b"{", b"\n\n\x1b[0m$ ", b'"', random.randbytes(50)))


def block_of_itself(data: bytes, random: Random) -> bytes:
    """A block of the disk with what belongs into another block of the same file."""
    size = random.choice((256, 512))
    blocks = max(1, len(data) // size)
    to, source = random.randrange(blocks) * size, random.randrange(blocks) * size
    return data[:to] + data[source : source + size] + data[to + size :]


def block_of_noise(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(256) + data[at + 256 :]


def part_twice(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[: at + random.randint(1, 1500)] + data[at:]


def whole_twice(data: bytes, random: Random) -> bytes:
    return data + random.choice((b"", b"\n", b",")) + data


def halves_exchanged(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) // 3, 2 * len(data) // 3)
    return data[at:] + data[:at]


def two_writers(data: bytes, random: Random) -> bytes:
    """A shorter file written over a longer one in place, by a program that does not cut it."""
    return data[: random.randrange(len(data) // 2, len(data))] + data[-random.randint(20, 900) :]


def lines_interleaved(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    half = len(lines) // 2
    if half < 4:
        return halves_exchanged(data, random)
    at = random.randrange(half)
    return b"".join((*lines[:at], *lines[half : half + 2], *lines[at:]))


def merge_marks(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    at = random.randrange(1, max(2, len(lines)))
    ours, theirs = b"".join(lines[at : at + 6]), b"".join(lines[at : at + 4])
    marks = (b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> laptop\n")
    rest = b"".join(lines[at + 6 :])
    return b"".join((*lines[:at], marks[0], ours, marks[1], theirs, marks[2], rest))


def utf16(data: bytes, random: Random) -> bytes:
    return data.decode().encode(random.choice(("utf-16", "utf-16-le", "utf-16-be")))


def utf32(data: bytes, random: Random) -> bytes:
    return data.decode().encode(random.choice(("utf-32", "utf-32-le", "utf-32-be")))


def utf16_cut(data: bytes, random: Random) -> bytes:
    return cut_off(utf16(data, random), random)


def latin_1(data: bytes, random: Random) -> bytes:
    return data.decode().encode("latin-1", "replace") + b"\xe9"


def mojibake(data: bytes, random: Random) -> bytes:
    """UTF-8 that was taken for Latin-1, in a part of the file alone, and half of a character at its end."""
    at = random.randrange(1, len(data))
    return data[:at] + data[at:].decode("latin-1").encode() + b"\xc3"


def line_ends_in_texts(data: bytes, random: Random) -> bytes:
    return data.replace(b"\\n", random.choice((b"\n", b"\r\n"))) + b" "


def tail_of_brackets(data: bytes, random: Random) -> bytes:
    return cut_off(data, random) + random.choice((b"[", b'{"a":', b"[{")) * 30_000


def wrong_types(data: bytes, random: Random) -> bytes:
    document = json.loads(data)
    for _ in range(random.randint(1, 4)):
        _spoil(document, random)
    return json.dumps(document, ensure_ascii=False).encode()


def messages_are_none(data: bytes, random: Random) -> bytes:
    document = json.loads(data)
    turns = document["turns"]
    at = random.randrange(len(turns))
    turns[at] = random.choice((None, 7, "turn", [], {"messages": "none"}, {"messages": [None, 3]}))
    return json.dumps(document, ensure_ascii=False).encode()


def keys_renamed(data: bytes, random: Random) -> bytes:
    key = random.choice((b'"content"', b'"role"', b'"turns"', b'"messages"', b'"id"'))
    return data.replace(key, b'"wrong"', random.choice((1, 2)))


def commas_lost(data: bytes, random: Random) -> bytes:
    parts = data.split(b",")
    at = random.randrange(1, len(parts))
    return b",".join(parts[:at]) + b" " + b",".join(parts[at:])


def gzip_cut(data: bytes, random: Random) -> bytes:
    packed = gzip.compress(data, mtime=0)
    return packed[: random.randrange(len(packed) // 2, len(packed))]


def emptied(data: bytes, random: Random) -> bytes:
    return random.choice((b"", b" \n", b"null", b"[]", b"{}", b"0", b'"text"', b"\0" * len(data)))


def nothing_of_it(data: bytes, random: Random) -> bytes:
    return random.randbytes(len(data))


def _spoil(value: Any, random: Random) -> None:
    """Puts something odd in the place of one value, however deep."""
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = random.choice(list(keys))
        if random.random() < 0.35 or not isinstance(value[key], dict | list):
            value[key] = random.choice(_TYPES)
            return
        value = value[key]


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        cut_off, beginning_lost, hole, one_bit, many_bits, quotes_and_brackets, zeros_inside,
        zeros_to_the_end, zeros_behind, noise_inside, noise_behind, block_of_itself, block_of_noise,
        part_twice, whole_twice, halves_exchanged, two_writers, lines_interleaved, merge_marks,
        utf16, utf32, utf16_cut, latin_1, mojibake, line_ends_in_texts, tail_of_brackets,
        wrong_types, messages_are_none, keys_renamed, commas_lost, gzip_cut, emptied, nothing_of_it,
    )
}  # fmt: skip
