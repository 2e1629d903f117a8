"""What may be spent, and where: the limits of the configuration and of single sessions, as values.

[budgets]
"month" = "100"                          all that is asked in a month of the local calendar
"tag:research/month" = "20, soft 15"     sessions with that tag; beyond 15 it is only said
"session" = "2.50"                       each session that has no budget of its own
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import msgspec

from tui_sessions.errors import ConfigError
from tui_sessions.model.display import shown_share
from tui_sessions.model.money import Cost, dollars, nanousd
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Session
from tui_sessions.model.term import folded
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import midnight

NAMED = ("provider", "tag", "project", "folder")
PERIODS = ("day", "month")
SCOPES = ("session", *PERIODS, *(f"{kind}:NAME" for kind in NAMED))
NEAR = 0.8
"""From this share of a limit on it is amber."""
KEY = "budget"
"""Where a session's `meta` holds its own."""
_MOST_DOLLARS = Decimal(10**12)
_LIMIT = re.compile(r"(?:(soft|hard)\s*:?\s+)?(.+)", re.IGNORECASE | re.DOTALL)
_AMOUNT = re.compile(r"\$?\s*(\d+(?:\.\d*)?|\.\d+)\s*\$?")
_WHEN = {"": "", "day": "today", "month": "this month"}
WANTED = 'an amount of dollars: "20", "20, soft 15" or "soft 15"'


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Nano-dollars that may be spent in one scope. Only `hard` stops anything."""

    kind: str
    """`session`, `all`, `provider`, `tag`, `project`, `folder`."""
    name: str = ""
    """Of the provider, tag, project or folder, as it was written."""
    period: str = ""
    """`day`, `month`; "": ever."""
    soft: int | None = None
    hard: int | None = None
    is_own: bool = False
    """Whether a session says it itself."""

    @property
    def scope(self) -> str:
        """As the configuration names it: `tag:research/month`."""
        if self.kind == "all":
            return self.period
        kind = f"{self.kind}:{self.name}" if self.name else self.kind
        return f"{kind}/{self.period}" if self.period else kind

    @property
    def label(self) -> str:
        """For people: `today`, `this session`, `#research this month`. Clean."""
        match self.kind:
            case "all":
                what = ""
            case "session":
                what = "this session"
            case "tag":
                what = f"#{self.name}"
            case "folder":
                what = f"{self.name}/"
            case _:
                what = self.name
        return clean_line(f"{what} {_WHEN[self.period]}".strip())

    @property
    def words(self) -> str:
        """In a sentence: `today's budget`, `the budget of #research this month`. Clean."""
        if self.kind == "all":
            return f"{self.label}'s budget"
        if self.kind == "session":
            return f"this session's budget {_WHEN[self.period]}".strip()
        return f"the budget of {self.label}"

    @property
    def limit(self) -> int:
        """What its share is a share of: the hard limit, else the soft one."""
        return self.hard if self.hard is not None else self.soft or 0

    @property
    def written(self) -> str:
        """Its limits as they are entered: `20, soft 15`."""
        soft = [] if self.soft is None else [f"soft {_plain(self.soft)}"]
        return ", ".join(([] if self.hard is None else [_plain(self.hard)]) + soft)

    @property
    def shown(self) -> str:
        """The same as people read it: `$20, soft $15`."""
        soft = [] if self.soft is None else [f"soft ${_plain(self.soft)}"]
        return ", ".join(([] if self.hard is None else [f"${_plain(self.hard)}"]) + soft)

    def concerns(self, session: Session, *, folder: str = "", provider: str = "") -> bool:
        """Whether an answer of that provider, in a session of that folder, counts towards it."""
        name = folded(self.name)
        match self.kind:
            case "provider":
                return folded(provider) == name
            case "tag":
                return name in map(folded, session.meta.tags)
            case "project":
                return folded(session.meta.project or "") == name
            case "folder":
                return folded(folder) == name or folded(folder).startswith(f"{name}/")
        return True


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A budget and what is spent of it."""

    budget: Budget
    spent: Cost = Cost()
    """Exact; `unknown` counts the answers without a known cost."""
    coming: Cost = Cost()
    """What answers that are on their way will cost, about."""

    @property
    def label(self) -> str:
        """For people, clean."""
        return self.budget.label

    @property
    def soft(self) -> int | None:
        """Nano-dollars."""
        return self.budget.soft

    @property
    def hard(self) -> int | None:
        """Nano-dollars."""
        return self.budget.hard

    @property
    def share(self) -> float:
        """What is spent of the limit."""
        return self.share_with(0)

    def share_with(self, more: int) -> float:
        """What would be spent of the limit with so much more."""
        return _share(self.spent.nanousd + more, self.budget.limit)

    @property
    def shown_share(self) -> str:
        """`5 %`, `over 999 %`."""
        return shown_share(self.share)

    @property
    def is_soft_passed(self) -> bool:
        """Whether more is spent than the soft limit."""
        return self.soft is not None and self.spent.nanousd > self.soft

    @property
    def state(self) -> str:
        """`fine`, `near` (80 %, or the soft limit is passed), `over` (nothing is left of the hard one)."""
        if self.hard is not None and self.share >= 1 and self.spent.nanousd:
            return "over"
        return "near" if self.share >= NEAR or self.is_soft_passed else "fine"


def parse(scope: str, text: str) -> Budget:
    """A line of `[budgets]`. Raises `ConfigError` with the key and what is wanted."""
    try:
        return _parsed(scope, text)
    except _FlawError as flaw:
        raise ConfigError(f'budgets."{clean_line(scope[:60])}" {flaw}.') from None


def parse_all(budgets: Mapping[str, str]) -> tuple[Budget, ...]:
    """All of `[budgets]`. Raises `ConfigError`."""
    return tuple(parse(scope, text) for scope, text in budgets.items())


def flaw(scope: str, text: str) -> str:
    """What is wrong with a line of `[budgets]`, as the end of a sentence that begins with its key; ""
    where nothing is."""
    try:
        _parsed(scope, text)
    except _FlawError as found:
        return str(found)
    return ""


def limits(text: str) -> tuple[int | None, int | None]:
    """The soft and the hard limit that a text says, nano-dollars. Raises `ConfigError`."""
    try:
        return _limits(text)
    except _FlawError as found:
        raise ConfigError(f"{text[:40]!r} {found}.") from None


class _FlawError(ValueError):
    """The end of a sentence."""


def _parsed(scope: str, text: str) -> Budget:
    kind, name, period = _scope(scope)
    try:
        soft, hard = _limits(text)
    except _FlawError as found:
        raise _FlawError(f"is {text[:40]!r}, which {found}") from None
    return Budget(kind=kind, name=name, period=period, soft=soft, hard=hard)


def _limits(text: str) -> tuple[int | None, int | None]:
    found: dict[str, int] = {}
    for part in text.split(","):
        said = _LIMIT.fullmatch(part.strip())
        value = amount(said[2]) if said else None
        word = (said[1] or "hard").lower() if said else ""
        if value is None or word in found:
            raise _FlawError(f"is no budget; write {WANTED}")
        found[word] = value
    soft, hard = found.get("soft"), found.get("hard")
    if soft is not None and hard is not None and soft > hard:
        raise _FlawError("has its soft limit above the hard one; exchange them")
    return soft, hard


def amount(value: object) -> int | None:
    """Dollars as a file or a person says them, in nano-dollars; None where it is no amount."""
    if isinstance(value, str):
        said = _AMOUNT.fullmatch(value.strip())
        value = said[1] if said else value.strip()
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    is_sound = number.is_finite() and 0 <= number <= _MOST_DOLLARS
    return nanousd(number) if is_sound else None


def own_budget(session: Session) -> Budget | None:
    """What the session says itself (`meta.budget`); None where it says nothing, or no amount."""
    return _own(session.meta.extra.get(KEY))


def row_budget(row: SessionRow) -> Budget | None:
    """The same, of a session in a list."""
    return _own(row.meta.get(KEY))


def _own(value: object) -> Budget | None:
    if isinstance(value, str):
        try:
            soft, hard = limits(value)
        except ConfigError:
            soft, hard = None, amount(value)
    else:
        soft, hard = None, amount(value)
    if soft is None and hard is None:
        return None
    return Budget(kind="session", soft=soft, hard=hard, is_own=True)


def own_value(text: str) -> float | str | None:
    """What `meta.budget` is to hold for what somebody entered: a number, a text where there is a soft limit,
    None for `off`. Raises `ConfigError`."""
    if text.strip().lower() in ("off", "none", "-"):
        return None
    soft, hard = limits(text)
    if soft is None and hard is not None:
        return dollars(hard)
    return Budget(kind="session", soft=soft, hard=hard).written


def period_of(period: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the day or month of `now` began and ends where we are, summer time and all; None: ever."""
    if not period:
        return None, None
    today = now.astimezone().date()
    first = today if period == "day" else today.replace(day=1)
    after = first + timedelta(days=1 if period == "day" else 31)
    if period == "month":
        after = after.replace(day=1)
    return midnight(first), midnight(after)


def _share(whole: int, limit: int) -> float:
    if limit:
        return whole / limit
    return float("inf") if whole else 0.0


def _scope(text: str) -> tuple[str, str, str]:
    """Kind, name, period. A slash at the end keeps the last part of a folder from being a period."""
    kind, colon, rest = text.strip().partition(":")
    kind = kind.strip().lower()
    if not colon:
        kind, _, period = kind.partition("/")
        if kind in PERIODS and not period:
            return "all", "", kind
        if kind == "session" and period in ("", *PERIODS):
            return kind, "", period
        raise _no_scope(text)
    name, slash, period = rest.strip().rpartition("/")
    if not slash or period.lower() not in PERIODS:
        name, period = rest.strip(), ""
    name = name.strip().strip("/") if kind == "folder" else name.strip().removesuffix("/")
    if kind == "tag":
        name = name.removeprefix("#")
    if kind not in NAMED or not name:
        raise _no_scope(text)
    return kind, name, period.lower()


def _no_scope(text: str) -> _FlawError:
    import difflib  # only where something is wrong

    kind, colon, rest = text.strip().lower().partition(":")
    known = NAMED if colon else ("session", *PERIODS, *NAMED)
    near = difflib.get_close_matches(kind.partition("/")[0], known, 1, 0.5)
    if near:
        name = f":{rest or 'NAME'}" if near[0] in NAMED else ""
        return _FlawError(f'is no scope of a budget; the nearest is "{clean_line(near[0] + name)}"')
    scopes = ", ".join(SCOPES)
    return _FlawError(
        f"is no scope of a budget; write one of {scopes}, the last with /day or /month"
    )


def _plain(nano: int) -> str:
    """`20`, `2.50`, `0.0045`."""
    text = f"{Decimal(nano) / 10**9:f}"
    if "." not in text:
        return text
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest.ljust(2, '0')}" if rest else whole
