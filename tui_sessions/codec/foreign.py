"""Foreign bytes to plain JSON values, and why not in one sentence. Knows nothing of sessions."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from tui_sessions.errors import DamagedFileError

BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_MERGE_MARK = re.compile(rb"^(?:<{7}|={7}|>{7})(?:[ \r\n]|$)", re.MULTILINE)


def in_parts(data: bytes) -> Any:
    """The same, but the items of a list of turns are `msgspec.Raw`, still to be decoded one by one.

    Raises what msgspec raises: then `parsed` tells what is wrong.
    """
    raw = msgspec.json.decode(data.removeprefix(BOM), type=dict[str, msgspec.Raw])
    value: dict[str, Any] = {}
    for key, part in raw.items():
        is_list = key == "turns" and bytes(memoryview(part)[:1]) == b"["
        value[key] = msgspec.json.decode(part, type=list[msgspec.Raw] if is_list else Any)
    return value


def parsed(data: bytes) -> Any:
    """The JSON value that `data` holds. Raises `DamagedFileError` with the reason."""
    body = data.removeprefix(BOM)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _parsed_patiently(body)


def _parsed_patiently(body: bytes) -> Any:
    # Lone surrogates, NaN and 1e400, which other programs do write, are only read by the standard
    # library; so it has the last word on what is JSON.
    _refuse_other_encodings(body)
    try:
        return json.loads(body.decode())
    except UnicodeDecodeError as error:
        raise DamagedFileError(
            f"It is not UTF-8 text: byte {error.start + 1} of {len(body)} fits no character."
        ) from error
    except RecursionError as error:
        raise DamagedFileError("Its lists and objects are nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise DamagedFileError(_why_no_json(error, body)) from error
    except ValueError as error:
        raise DamagedFileError("It holds a number with too many digits.") from error


def _refuse_other_encodings(body: bytes) -> None:
    if not body.strip():
        raise DamagedFileError("The file is empty.")
    if not body.strip(b"\0"):
        raise DamagedFileError("The file holds only zero bytes.")
    for mark, name in _OTHER_ENCODINGS:
        if body.startswith(mark):
            raise DamagedFileError(f"It is written in {name}, not in UTF-8.")


def _why_no_json(error: json.JSONDecodeError, body: bytes) -> str:
    mark = _MERGE_MARK.search(body)
    if mark is not None:
        line = body.count(b"\n", 0, mark.start()) + 1
        return f"It holds the marks of an unfinished merge (line {line})."
    place = f"line {error.lineno}, column {error.colno}"
    is_cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
    if is_cut:
        return f"It is cut off: the JSON ends in the middle ({place})."
    return f"It is not JSON: {error.msg[0].lower()}{error.msg[1:]} ({place})."
