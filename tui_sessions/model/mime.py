"""What kind of file some bytes are: by what they begin with, then by the name. Pure.

Signatures: PNG (RFC 2083), JPEG (ISO 10918-1), GIF 87a and 89a, WebP (RFC 9649), PDF (ISO 32000).
"""

from __future__ import annotations

PDF = "application/pdf"
PLAIN = "text/plain"
UNKNOWN = "application/octet-stream"

_LOOKED_AT = 1024
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_TEXTS = {
    "css": "text/css",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "markdown": "text/markdown",
    "md": "text/markdown",
    "ndjson": "application/x-ndjson",
    "py": "text/x-python",
    "svg": "image/svg+xml",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}
"""Endings of text files whose type says more than that they are text."""
_OTHERS = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "flac": "audio/flac",
    "gz": "application/gzip",
    "heic": "image/heic",
    "m4a": "audio/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odt": "application/vnd.oasis.opendocument.text",
    "ogg": "audio/ogg",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "wav": "audio/wav",
    "webm": "video/webm",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""Endings of other files. None that is told by its beginning: a broken picture is no picture."""
_TEXT_TYPES = frozenset(_TEXTS.values()) | {"application/javascript", "application/x-yaml"}


def mime_of(data: bytes, name: str) -> str:
    """The media type of a file with that content and name."""
    for beginning, mime in _BEGINNINGS:
        if data.startswith(beginning):
            return mime
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in data[:_LOOKED_AT]:  # Readers allow so much before it.
        return PDF
    ending = name.rpartition(".")[2].lower()
    if _is_utf8(data):
        return _TEXTS.get(ending, PLAIN)
    return _OTHERS.get(ending, UNKNOWN)


def is_text(mime: str) -> bool:
    """Whether files of that type are text, which every model reads."""
    kind = mime.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(("+json", "+xml"))


def _is_utf8(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        str(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
