"""Pictures in half blocks: two of their points in each cell. Needs Pillow (the extra `images`), which is
imported when the first one is seen; without it, and without colours, a picture is only named.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import struct
import warnings
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, overload

from tui_sessions.tui.widgets.conversation.inline import IMAGE
from tui_sessions.tui.widgets.conversation.lines import MUTED, Line, Look, Run, cropped
from tui_sessions.tui.widgets.conversation.wrap import wrapped

if TYPE_CHECKING:
    from PIL.Image import Image

Pictures = Callable[[str], bytes | None]
"""Gives the bytes of an attachment by their hash, None where they are not there."""

MOST_ROWS = 20
MOST_KEPT = 8
"""Pictures whose rows are kept for when all is laid out anew."""
MOST_BYTES = 20_000_000
MOST_POINTS = 50_000_000
"""Of a picture as it would be in memory: a file of some kilobytes can hold gigabytes of one colour."""
_UPPER, _LOWER = "▀", "▄"
_NAMED = Look("image")
_DAMAGED: Line = (("damaged: only its beginning can be read", MUTED),)
_BLIND = 96
"""Points less opaque than this are not drawn."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_DAMAGES = (
    *(OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, MemoryError, RuntimeError, Warning, struct.error, zlib.error),
)
"""Whatever damaged bytes lead Pillow's readers to."""
_Points = list[tuple[int, int, int, int]]


@cache
def are_drawn() -> bool:
    """Whether pictures can be drawn here."""
    return not os.environ.get("NO_COLOR") and find_spec("PIL") is not None


def named(name: str, *facts: str) -> list[Run]:
    """The line that names a picture or another file."""
    told = "".join(f" · {fact}" for fact in facts if fact)
    return [(f"{IMAGE} {name or 'image'}", _NAMED), (told, MUTED)]


class PictureRows(Sequence[Line]):
    """The rows of a picture for a width: counted from its header, decoded when the first one is drawn."""

    def __init__(self, data: bytes, width: int) -> None:
        self._data = data
        """Empty once it is decoded."""
        self._width = width
        self._size = _size(data, width)

    def __len__(self) -> int:
        return (self._size[1] + 1) // 2

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        return self._rows[index]

    @cached_property
    def _rows(self) -> list[Line]:
        columns, height = self._size
        points = _points(self._data, columns, height)
        self._data = b""
        if points is None:
            rows: list[Line] = [((" ", MUTED),)] * len(self)
            rows[:1] = [cropped(_DAMAGED, self._width, ellipsis=True)][: len(rows)]
            return rows
        points += [(0, 0, 0, 0)] * (columns * (height % 2))
        starts = range(0, len(points), 2 * columns)
        return [tuple(_row(points[at : at + 2 * columns], columns)) for at in starts]


class KeptPictures:
    """The pictures that an owner gives, the last ones with their rows: laying all out anew neither reads
    nor decodes them again. One that is not there is asked for each time."""

    def __init__(self, give: Pictures) -> None:
        self.give = give
        self._kept: OrderedDict[tuple[str, int], PictureRows] = OrderedDict()

    def rows(self, sha256: str, width: int) -> Sequence[Line]:
        """The rows of a picture for a width; none where it is not there."""
        kept = self._kept.get((sha256, width))
        if kept is None:
            data = self.give(sha256)
            if not data:
                return ()
            kept = self._kept[sha256, width] = PictureRows(data, width)
        self._kept.move_to_end((sha256, width))
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept


class StackedRows(Sequence[Line]):
    """Rows below rows, each made when it is asked for."""

    def __init__(self, parts: Sequence[Sequence[Line]]) -> None:
        self._parts = [part for part in parts if len(part)]
        self._ends = list(accumulate(map(len, self._parts)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        part = bisect_right(self._ends, index)
        return self._parts[part][index - self._ends[part]]


class DrawnPicture:
    """A picture that a text contains, under its name."""

    def __init__(self, name: str, url: str, width: int) -> None:
        self._head = wrapped(named(name), width)
        data = _decoded(url) if are_drawn() else b""
        self._rows: Sequence[Line] = PictureRows(data, width) if data else ()

    @property
    def height(self) -> int:
        """Rows."""
        return len(self._head) + len(self._rows)

    def line(self, index: int) -> Line:
        """The row `index`."""
        first = len(self._head)
        return self._head[index] if index < first else self._rows[index - first]

    def place(self, index: int) -> int:
        """The row itself: a picture is about as tall at any width."""
        return index

    def row_at(self, place: int) -> int:
        """The row of a `place`."""
        return min(place, self.height - 1)


def _decoded(url: str) -> bytes:
    text = url.partition(",")[2]
    try:
        return base64.b64decode(text, validate=True) if len(text) < MOST_BYTES else b""
    except (binascii.Error, ValueError):
        return b""


def _size(data: bytes, width: int) -> tuple[int, int]:
    """How many points are drawn across and down; none where it is no picture, or too large a one."""
    image = _opened(data)
    if image is None:
        return 0, 0
    across, down = image.size
    if _is_turned(image):
        across, down = down, across
    scale = min(1.0, width / across, 2 * MOST_ROWS / down)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _opened(data: bytes) -> Image | None:
    """The picture, its header read; the rest is read when it is drawn."""
    if not 0 < len(data) <= MOST_BYTES:
        return None
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            across, down = image.size
    except (*_DAMAGES, Image.DecompressionBombError):
        return None
    return image if 0 < across * down <= MOST_POINTS else None


def _is_turned(image: Image) -> bool:
    """Whether a camera was held upright: then across is down."""
    if image.format not in ("JPEG", "MPO"):
        return False
    try:
        return int(image.getexif().get(0x0112, 1)) >= 5
    except _DAMAGES:
        return False


def _points(data: bytes, across: int, down: int) -> _Points | None:
    """The points of the picture at that size; None where its bytes are damaged."""
    from PIL import Image, ImageOps

    image = _opened(data)
    if image is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A JPEG is decoded at a fraction of its size where that is enough.
            image.draft("RGB", (4 * across, 4 * down))
            image = ImageOps.exif_transpose(image) or image
            image = image.convert("RGBA").resize((across, down), Image.Resampling.BOX)
            raw = image.tobytes()
    except (*_DAMAGES, Image.DecompressionBombError):
        return None
    return list(zip(raw[::4], raw[1::4], raw[2::4], raw[3::4], strict=True))


def _row(points: _Points, columns: int) -> Iterator[Run]:
    """Two rows of points as one of cells."""
    cells = (
        _cell(upper, lower) for upper, lower in zip(points[:columns], points[columns:], strict=True)
    )
    for (sign, look), same in groupby(cells):
        yield sign * len(list(same)), look


def _cell(upper: tuple[int, int, int, int], lower: tuple[int, int, int, int]) -> Run:
    above, below = _colour(upper), _colour(lower)
    if above is None:
        sign = " " if below is None else _LOWER
        return sign, Look("picture", ink=below)
    return _UPPER, Look("picture", ink=above, paper=below)


def _colour(point: tuple[int, int, int, int]) -> int | None:
    red, green, blue, opacity = point
    return None if opacity < _BLIND else red << 16 | green << 8 | blue
