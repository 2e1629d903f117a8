r"""LaTeX formulas into Unicode that reads: `\frac{a}{b^2}` is a/b². What is not understood stays as written.

Two libraries were tried first: unicodeit 0.7.5 knows no fractions and makes `\left(` into `≤ft(`;
pylatexenc 2.11 makes `\frac{a+b}{c}` into `a+b/c`, which is another number. Wrong is worse than raw.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation import maths_signs as signs
from tui_sessions.tui.widgets.conversation.maths_grids import (
    FIRST,
    STAND_INS,
    Grid,
    flattened,
    stacked,
)

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.|$)|[{}^_&~]|[ \t\n]+|[^\\{}^_&~ \t\n]", re.DOTALL)
_DEEPEST = 24
_LONGEST = 10_000
_WORD = re.compile(r"[A-Za-z0-9.]+|.")
_MARKS = "\u0300-\u036f\u20d7₀-₎⁰-ⁿₐ-ₜᵃ-ᵪ′°"
_FACTOR = re.compile(f"[∂dΔ∇]?[^\\W\\d_][{_MARKS}]*|[0-9.,]+[{_MARKS}]*|[∞\ue000-\uf8ff]")
_NAME = re.compile(f"[A-Za-z]*[{_MARKS}]*")
_SUM = re.compile(r"[\s+\-±∓=<>/,]")
_CLOSERS = re.compile(r"(?<! ) +([⌋⌉⟩])")
_MATRICES = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
    "rcases": ("", "}"),
}
_ALIGNED = ("align", "aligned", "alignat", "split", "eqnarray", "gather", "gathered", "multline")
_SINGLE = ("equation", "math", "displaymath")


class _UnreadError(Exception):
    """The formula is no LaTeX that we know how to read."""


@lru_cache(maxsize=512)
def formula(source: str) -> str | None:
    """The formula on one line; None where its LaTeX is broken."""
    read = _read(source)
    if read is None:
        return None
    text = flattened(*read)
    return " ".join(text.split()) or None


def formula_rows(source: str, width: int) -> list[str] | None:
    """The formula as rows: matrices and alignments stand as such where `width` allows. None where its
    LaTeX is broken."""
    read = _read(source)
    if read is None:
        return None
    text, grids = read
    parts = [" ".join(part.split()) for part in text.split("\n")]
    rows = [row for part in parts if part for row in stacked(part, grids)]
    if not rows or max(map(cell_len, rows)) > width:
        flat = formula(source)
        return None if flat is None else [flat]
    return rows


def _read(source: str) -> tuple[str, list[Grid]] | None:
    if len(source) > _LONGEST or STAND_INS.search(source):
        return None
    reader = _Reader(source.strip())
    try:
        text = reader.whole()
    except (_UnreadError, RecursionError):
        return None
    return _CLOSERS.sub(r"\1", text).replace("\x01", "").strip(), reader.grids


class _Reader:
    """Reads one formula, from left to right."""

    def __init__(self, source: str) -> None:
        self._tokens = _TOKEN.findall(source)
        self._at = 0
        self._depth = 0
        self._in_script = 0
        self._in_grid = 0
        self.grids: list[Grid] = []

    def whole(self) -> str:
        """The whole formula; `\\n` between its lines."""
        text = self._sequence(())
        if self._at < len(self._tokens):
            raise _UnreadError
        return text

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise _UnreadError
        self._at += 1
        return token

    def _sequence(self, ends: tuple[str, ...]) -> str:
        """Everything up to one of `ends`, which stays."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _UnreadError
        text = ""
        while (token := self._peek()) and token not in ends and token != "}":
            if token in ("^", "_"):
                text = text.rstrip("\x01") + self._script(self._next())
            elif token in "+-" and not self._in_script and _ends_operand(text):
                text = f"{text.rstrip()} {self._next()} "
            else:
                text = self._joined(text, self._atom())
        self._depth -= 1
        return text

    def _joined(self, before: str, atom: str) -> str:
        """`\\x01` round an atom asks for a blank where a letter or digit would touch it."""
        if not before or not atom:
            return before + atom
        touches = (before[-1] == "\x01" or atom[0] == "\x01") and not self._in_script
        before, bare = before.rstrip("\x01"), atom.lstrip("\x01")
        if touches and before and bare and _touch(before[-1], bare[0]):
            return f"{before} {bare}"
        return before + bare

    def _atom(self) -> str:
        token = self._next()
        if token == "{":
            text = self._sequence(())
            self._expect("}")
            return text
        if token[0] == "\\" and len(token) > 1:
            return self._command(token[1:])
        if token.isspace():
            return " "
        if token == "~":
            return " "
        if token == "'":
            return "′"
        if token in "=<>":
            return self._spaced(token)
        if token == "&" and not self._in_grid:
            return " "
        return token

    def _spaced(self, sign: str) -> str:
        return sign if self._in_script else f" {sign} "

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise _UnreadError

    def _argument(self) -> str:
        while self._peek().isspace():
            self._at += 1
        return self._atom().strip("\x01").strip()

    def _option(self) -> str:
        """What stands in brackets, if anything does."""
        if self._peek() != "[":
            return ""
        self._at += 1
        text = self._sequence(("]",))
        self._expect("]")
        return text.replace("\x01", "")

    def _raw(self) -> str:
        """What stands in braces, as it was written."""
        while self._peek().isspace():
            self._at += 1
        self._expect("{")
        depth, text = 1, ""
        while depth:
            token = self._next()
            depth += (token == "{") - (token == "}")
            text += token if depth else ""
        return text

    def _script(self, sign: str) -> str:
        self._in_script += 1
        inside = "".join(self._argument().split()) if self._peek() else ""
        self._in_script -= 1
        table = signs.RAISED if sign == "^" else signs.LOWERED
        if not inside:
            return sign
        if all(ord(char) in table for char in inside):
            return inside.translate(table)
        return sign + (inside if _WORD.fullmatch(inside) else f"({inside})")

    def _command(self, name: str) -> str:
        name = name.removesuffix("*") or name
        if name == "\\":
            self._option()
            return "\n" if not self._in_script else " "
        if len(name) == 1 and not name.isalpha():
            return signs.ESCAPED.get(name, f"\\{name}")
        while name not in signs.NOTHING and self._peek().isspace():
            self._at += 1
        if name in signs.LETTERS:
            return signs.LETTERS[name]
        if name in signs.OPERATORS:
            return self._spaced(signs.OPERATORS[name])
        if name in signs.LARGE:
            return f"\x01{self._with_scripts(signs.LARGE[name])}\x01"
        if name in signs.FUNCTIONS:
            return f"\x01{self._with_scripts(name)}\x01"
        if name in signs.NOTHING:
            return self._delimiter() if name in ("left", "right", "middle") else ""
        if name in signs.SPACES:
            return signs.SPACES[name]
        return self._structure(name)

    def _with_scripts(self, text: str) -> str:
        while True:
            if self._peek() in ("\\limits", "\\nolimits"):
                self._at += 1
            elif self._peek() in ("^", "_"):
                text += self._script(self._next())
            else:
                return text

    def _delimiter(self) -> str:
        while self._peek().isspace():
            self._at += 1
        if self._peek() == ".":
            self._at += 1
            return ""
        return self._atom()

    def _structure(self, name: str) -> str:
        """A command that takes arguments."""
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            above, below = self._argument(), self._argument()
            above = f"({above})" if _SUM.search(_outside(above), 1) else above
            return f"\x01{above}/{_grouped(below)}\x01"
        if name == "sqrt":
            return _root(self._option(), self._argument())
        if name in ("binom", "dbinom", "tbinom"):
            return f"C({self._argument()}, {self._argument()})"
        if name in signs.WORDS:
            return self._raw().replace("$", "")
        if name in ("operatorname",):
            return f"\x01{self._with_scripts(self._argument())}\x01"
        if name in signs.PLAIN:
            return self._argument()
        if name in signs.ALPHABETS:
            return signs.in_alphabet(self._argument(), name)
        if name in signs.ACCENTS:
            return _accented(name, self._argument())
        if name == "begin":
            return self._environment(self._raw().removesuffix("*"))
        return self._rarer(name)

    def _rarer(self, name: str) -> str:
        match name:
            case "boxed" | "fbox":
                return f"[ {self._argument()} ]"
            case "pmod":
                return f" (mod {self._argument()})"
            case "tag":
                return f"   ({self._raw()})"
            case "label":
                self._raw()
                return ""
            case "not":
                return f" {self._argument()}\u0338 "
            case "overset" | "stackrel":
                above, base = self._argument(), self._argument()
                return f"{base}^({above})"
            case "underset":
                below, base = self._argument(), self._argument()
                return f"\x01{base}_({below})\x01"
            case "xrightarrow":
                return f" —{self._argument()}→ "
            case _:
                return self._as_written(name)

    def _as_written(self, name: str) -> str:
        text = f"\\{name}"
        while self._peek() == "{":
            text += f"{{{self._raw()}}}"
        return text if text.endswith("}") else f"{text} "

    def _environment(self, name: str) -> str:
        if name in _SINGLE:
            text = self._sequence(("\\end",))
            self._end(name)
            return text
        if name not in _MATRICES and name not in _ALIGNED:
            raise _UnreadError
        if name in ("array", "alignat"):
            self._raw()
        self._in_grid += 1
        rows = [[""]]
        while (token := self._peek()) != "\\end":
            rows[-1][-1] = self._sequence(("&", "\\\\", "\\end"))
            rows[-1][-1] = " ".join(rows[-1][-1].replace("\x01", "").split())
            token = self._next() if self._peek() != "\\end" else ""
            if token == "&":
                rows[-1].append("")
            elif token:
                self._option()
                rows.append([""])
        self._in_grid -= 1
        self._end(name)
        left, right = _MATRICES.get(name, ("", ""))
        rows = [row for row in rows if any(row)] or [[""]]
        if len(self.grids) > 200:
            raise _UnreadError
        self.grids.append(Grid(rows, left, right, name in _ALIGNED))
        return chr(FIRST + len(self.grids) - 1)

    def _end(self, name: str) -> None:
        self._expect("\\end")
        if self._raw().removesuffix("*") != name:
            raise _UnreadError


def _touch(left: str, right: str) -> bool:
    return (left.isalnum() or left in ")]′∞") and (right.isalnum() or right in "([√∑∫∏")


def _ends_operand(text: str) -> bool:
    last = text.rstrip("\x01 ")[-1:]
    return last.isalnum() or last in tuple(")]}′°!∞") or bool(STAND_INS.match(last))


def _outside(text: str) -> str:
    """`text` without what stands in parentheses."""
    kept, depth = "", 0
    for char in text:
        depth += char == "("
        kept += char if not depth else ""
        depth -= char == ")" and depth > 0
    return kept


def _grouped(text: str) -> str:
    """`text` in parentheses, unless it is one factor."""
    is_one = _FACTOR.fullmatch(text) or (text.endswith(")") and _NAME.fullmatch(_outside(text)))
    return text if is_one else f"({text})"


def _root(degree: str, inside: str) -> str:
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree)
    if sign is None:
        raised = all(ord(char) in signs.RAISED for char in degree)
        sign = (degree.translate(signs.RAISED) if raised else f"({degree})") + "√"
    return sign + _grouped(inside)


def _accented(name: str, text: str) -> str:
    mark = signs.ACCENTS[name]
    if len(text) == 1 or name in ("overline", "underline", "bar"):
        return "".join(char if char == " " else char + mark for char in text)
    return f"{name.removeprefix('wide')}({text})"
