"""Addresses of links as they are shown: where one leads is seen, however it is dressed up. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from tui_sessions.model.text import clean_line

_LIKE_LATIN = frozenset("аеорсухіјѕԁһӏԛԝɡοαρνυικ")
"""Letters of other scripts that look like Latin ones."""
_EAST_ASIAN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))
_HOST = re.compile(r"(?:https?://)?(?P<host>[\w.-]+\.[a-z]{2,})(?:[/:?#]\S*)?", re.IGNORECASE)


def host_of(url: str) -> str:
    """The host that an address leads to as servers are asked for it, in ASCII; "" where it names none."""
    try:
        # A browser reads the backslash as a slash: what stands behind it is no host.
        host = urlsplit(url.replace("\\", "/")).hostname or ""
    except ValueError:
        return ""
    return ".".join(map(_in_ascii, unicodedata.normalize("NFKC", host).split(".")))


def shown_address(url: str) -> str:
    """`url` on one clean line, with its host in ASCII (`xn--…`) where letters pretend to be others."""
    shown = clean_line(url)
    if url.isascii():
        return shown
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return shown
    if not host or not any(map(_is_deceiving, host.split("."))):
        return shown
    begin = url.lower().find(host)
    if begin < 0:
        return f"{shown} ({host_of(url)})"
    return clean_line(url[:begin] + host_of(url) + url[begin + len(host) :])


def real_host(url: str) -> str:
    """The host of an address that hides it, "" where it is plain to see: behind a user's name, or in
    letters that pretend to be others."""
    if url[:7].lower() == "mailto:" or (url.isascii() and "@" not in url and "\\" not in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_hidden = "@" in parts.netloc or "\\" in url or any(map(_is_deceiving, host.split(".")))
    return host_of(url) if is_hidden else ""


def doubt_about(url: str, words: str = "") -> str:
    """What is to be known before `url` is opened, in a sentence; "" where nothing is odd about it.
    `words` are those of the link."""
    if host := real_host(url):
        return f"The address is dressed up: it leads to {host}."
    named = _HOST.fullmatch(words.strip())
    if named is None:
        return ""
    read, host = named["host"].lower(), host_of(url)
    if not host or _bare(read) == _bare(host):
        return ""
    return f"The link reads {clean_line(read)}, and leads to {host}."


def _bare(host: str) -> str:
    return ".".join(map(_in_ascii, host.removeprefix("www.").split(".")))


def _in_ascii(label: str) -> str:
    if label.isascii():
        return clean_line(label.lower())
    return clean_line("xn--" + label.lower().encode("punycode", "replace").decode("ascii"))


def _is_deceiving(label: str) -> bool:
    """Whether a part of a host mixes scripts, or is made of letters that look like Latin ones alone."""
    if label.isascii():
        return False
    letters = [char for char in label.lower() if char.isalpha()]
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters}
    if len(scripts - _EAST_ASIAN - {"LATIN"}) + ("LATIN" in scripts) > 1:
        return True
    is_disguise = bool(letters) and _LIKE_LATIN.issuperset(letters)
    return is_disguise or clean_line(label) != label or "MODIFIER" in scripts or "?" in scripts
