"""The text that a program's output makes on a terminal: characters by place, no colours.

It knows the sequences that Textual writes (Textual 8.2, `textual/drivers/linux_driver.py` and
`textual/_compositor.py`): moves, erasing, the alternate screen, synchronised output. A full emulator would
take the core that the measured program needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b\[(?P<mark>[<=>?]?)(?P<numbers>[0-9;:]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)"
    r"|\x1b[()*+#%].|\x1b[=>78DEHMc]|[\x00-\x1f\x7f]"
)
_UNFINISHED = re.compile(
    r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*\x1b?|[()*+#%])?\Z"
)


class Grid:
    """`columns` × `rows` characters."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.is_alternate = False
        """Whether a full-screen program has taken the terminal."""
        self._x = self._y = 0
        self._rest = ""
        self._is_held = False
        self._clear()

    def feed(self, data: str) -> Iterator[None]:
        """Take in output; yields at the end of every frame, and of the data where none is open."""
        data = self._rest + data
        rest = _UNFINISHED.search(data)
        self._rest = rest.group() if rest else ""
        for token in _TOKEN.finditer(data[: len(data) - len(self._rest)]):
            if token["text"]:
                self._write(token["text"])
            elif token["final"]:
                if self._control(token["mark"], token["numbers"], token["final"]):
                    yield
            else:
                self._move(token.group())
        if not self._is_held:
            yield

    def resize(self, columns: int, rows: int) -> None:
        """Another size: nothing stands there until the program has drawn it again."""
        self.columns, self.rows = columns, rows
        self._x = self._y = 0
        self._clear()

    @property
    def text(self) -> str:
        """What stands there, a line for every row."""
        return "\n".join(map("".join, self._cells))

    def _clear(self) -> None:
        self._cells = [[" "] * self.columns for _ in range(self.rows)]

    def _write(self, text: str) -> None:
        if not text.isascii() and cell_len(text) != len(text):
            for character in text:
                self._put([character, *[""] * (cell_len(character) - 1)])
        else:
            self._put(list(text))

    def _put(self, cells: list[str]) -> None:
        fitting = cells[: self.columns - self._x]
        self._cells[self._y][self._x : self._x + len(fitting)] = fitting
        self._x = min(self.columns, self._x + len(fitting))

    def _move(self, control: str) -> None:
        match control:
            case "\r":
                self._x = 0
            case "\n":
                self._y = min(self.rows - 1, self._y + 1)
            case "\b":
                self._x = max(0, self._x - 1)

    def _control(self, mark: str, numbers: str, final: str) -> bool:
        """Carry out a sequence; whether it ends a frame."""
        values = [int(number) if number.isdigit() else 0 for number in numbers.split(";")]
        if mark == "?" and final in "hl":
            return self._set_mode(values, is_on=final == "h")
        if mark:
            return False
        first = max(1, values[0])
        match final:
            case "H" | "f":
                column = values[1] if len(values) > 1 else 1
                self._y = min(self.rows, first) - 1
                self._x = min(self.columns, max(1, column)) - 1
            case "A":
                self._y = max(0, self._y - first)
            case "B":
                self._y = min(self.rows - 1, self._y + first)
            case "C":
                self._x = min(self.columns - 1, self._x + first)
            case "D":
                self._x = max(0, self._x - first)
            case "J" if values[0] >= 2:
                self._clear()
            case "K":
                self._cells[self._y][self._x :] = [" "] * (self.columns - self._x)
        return False

    def _set_mode(self, modes: list[int], *, is_on: bool) -> bool:
        if 2026 in modes:
            self._is_held = is_on
            return not is_on
        if 1049 in modes:
            self.is_alternate = is_on
            self._clear()
        return False
