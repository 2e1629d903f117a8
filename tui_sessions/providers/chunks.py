"""The chunks of an HTTP/1.1 body, all that have arrived as one.

A server that streams sends a chunk for every token. h11 hands on each alone, and each then passes
half a dozen generators and a clock: at full speed three quarters of what an answer costs. The wire
form is RFC 9112 §7.1; anything but a plain header and its whole data is left to h11.
"""

from __future__ import annotations

import re
from typing import Any

import h11
from h11 import _readers

_PLAIN_HEADER = re.compile(rb"\r\n([0-9A-Fa-f]{1,8})\r\n")


class JoinedChunks(_readers.ChunkedReader):
    """h11's reader, which takes the whole chunks that follow in its buffer along."""

    def __call__(self, buf: Any) -> Any:
        """A `Data`, an `EndOfMessage`, or None where more bytes are needed."""
        event = super().__call__(buf)
        if not isinstance(event, h11.Data) or not event.chunk_end or not buf:
            return event
        waiting = bytes(buf)
        pieces, at = [event.data], 0
        while (header := _PLAIN_HEADER.match(waiting, at)) is not None:
            stop = header.end() + int(header[1], 16)
            if stop == header.end() or stop > len(waiting):
                break  # the last chunk, or one that is still coming
            pieces.append(waiting[header.end() : stop])
            at = stop
        if not at:
            return event
        buf.maybe_extract_at_most(at)
        return h11.Data(data=b"".join(pieces), chunk_start=event.chunk_start, chunk_end=True)


def join_chunks() -> None:
    """From now on bodies are read like this. h11 has no public place for it: where a later h11 has
    moved its own, everything is read as before, only more slowly."""
    readers: Any = getattr(_readers, "READERS", {}).get(h11.SEND_BODY)
    if isinstance(readers, dict) and readers.get("chunked") is _readers.ChunkedReader:
        readers["chunked"] = JoinedChunks
