"""Picks the model that answers from now on, or several to be compared; lists of models arrive while it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.known_model import KnownModel
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.screens.model_rows import HEADS, MARKS_LEGEND, YIELDING, about, model_rows
from tui_sessions.tui.widgets.choices import Choices

R = TypeVar("R")
MOST_NAMED = 3
WHY = "type one's name to see why."


@dataclass
class FavouriteToggled(Message):
    """A model became a favourite, or is none any more. Reaches the app: a dialog has no other parent."""

    model: str
    is_favourite: bool


class ModelList(PickerDialog[R]):
    """Favourites and recent ones first, then by provider; any other name can be typed."""

    VERB = "choose"
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("models.favourite", "ctrl+f", "favourite"),
        ("models.refresh", "ctrl+r", "ask again"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "favourite", "Favourite", id="models.favourite", priority=True),
        Binding("ctrl+r", "refresh_lists", "Ask again", id="models.refresh", priority=True),
    ]

    def __init__(
        self,
        *,
        current: str | None = None,
        favourites: Sequence[str] = (),
        recent: Sequence[str] = (),
        models: Iterable[KnownModel] = (),
        asked: Iterable[str] = (),
        check: Callable[[str], None] = lambda _: None,
        refresh: Callable[[], None] = lambda: None,
        typed: str = "",
        title: str = "Model",
        is_markable: bool = False,
    ) -> None:
        """`check` raises `UsageError` for a name that cannot be used; the dialog stays then. `refresh` has
        the servers asked again. `typed` stands in the filter at first."""
        choices = Choices(
            heads=HEADS,
            placeholder="type a model, or a part of one",
            empty="No model is known yet. Type provider/name.",
            noun=("model", "models"),
            yielding=YIELDING,
            takes_typed=True,
            is_best_first=True,
            is_markable=is_markable,
        )
        super().__init__(title, choices, ())
        self._current = current
        self._check = check
        self._refresh = refresh
        self._typed = typed
        self._favourites = list(dict.fromkeys(favourites))
        self._recent = tuple(recent)
        self._asked = dict.fromkeys(asked)
        self._models = {model.id: model for model in models}
        self._errors: dict[str, str] = {}
        self._is_filled = False
        """Lists may arrive before there is anything to show them in."""
        self._about = Static("", id="about", classes="dialog--note", markup=False)
        self._asking = Static("", id="asking", classes="dialog--note", markup=False)
        self._failed = Static("", id="errors", markup=False)

    def body(self) -> ComposeResult:
        """The list, the model under the cursor, the signs, and who is still asked or did not answer."""
        yield self.choices
        yield self._about
        yield Static(MARKS_LEGEND, id="legend", classes="dialog--note", markup=False)
        yield self._asking
        yield self._failed

    def fill(self) -> None:
        """The cursor begins on the model in use."""
        self._is_filled = True
        self._fill(self._current)
        if self._typed:
            self.choices.type(clean_line(self._typed))

    def show_models(self, models: Iterable[KnownModel]) -> None:
        """All that is known by now; the cursor stays on its row."""
        self._models = {model.id: model for model in models}
        self._fill(None)

    def ask(self, names: Iterable[str]) -> None:
        """These providers are asked from now on."""
        self._asked |= dict.fromkeys(names)
        self._errors = {name: why for name, why in self._errors.items() if name not in self._asked}
        self._tell()

    def heard(self, provider: str, sentence: str = "") -> None:
        """A provider answered, or gave no list for that reason; its models can still be typed."""
        self._asked.pop(provider, None)
        if sentence:
            self._errors[provider] = sentence
        self._tell()

    def action_refresh_lists(self) -> None:
        """Has the servers asked again."""
        self._refresh()

    def action_favourite(self) -> None:
        """Adds the model under the cursor to the favourites, or takes it out."""
        model = self.choices.current
        if model is None:
            return
        if model in self._favourites:
            self._favourites.remove(model)
        else:
            self._favourites.append(model)
        self.post_message(FavouriteToggled(model, model in self._favourites))
        self._fill(model)

    def on_moved(self, key: str | None) -> None:
        """Says more about the model under the cursor."""
        model = self._models.get(key or "")
        self._about.update(about(model) if model is not None else "")
        self._put(self._failed, self._complaint())

    def _fill(self, current: str | None) -> None:
        if not self._is_filled:
            return
        rows = model_rows(
            self._models,
            favourites=self._favourites,
            recent=self._recent,
            current=self._current,
        )
        typed = self.choices.typed
        if current is None and typed and self.choices.current == typed and "/" not in typed:
            # A part of a name was typed before the list was there: it means one that fits by now.
            current = ""
        self.choices.show(rows, current=current)
        self._tell()

    def _tell(self) -> None:
        if not self._is_filled:
            return
        self._put(self._asking, f"asking {_some(self._asked)} …" if self._asked else "")
        self._put(self._failed, self._complaint())

    def _complaint(self) -> str:
        """One sentence, however many gave no list: the models need the room."""
        typed = self.choices.typed.partition("/")[0]
        name = typed if typed in self._errors else next(iter(self._errors), "")
        if not name or (len(self._errors) > 1 and name != typed):
            return f"{_some(self._errors)} gave no list: {WHY}" if name else ""
        return f"{name}: {self._errors[name]}"

    def _put(self, line: Static, sentence: str) -> None:
        line.update(clean_line(sentence))
        line.display = bool(sentence)


def _some(names: Iterable[str]) -> str:
    """The first of them, and how many more there are."""
    first = list(names)
    more = len(first) - MOST_NAMED
    named = ", ".join(first[:MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named


class ModelsDialog(ModelList[str]):
    """The result is the model as `provider/name`, or what was typed."""

    FavouriteToggled = FavouriteToggled

    def picked(self, key: str) -> str:
        """The model. Raises `UsageError` for a typed name that cannot be used."""
        self._check(key)
        return key


class SeveralModelsDialog(ModelList[tuple[str, ...]]):
    """The result is every model that was marked, else the one under the cursor."""

    VERB = "ask them"
    KEYS = (("models.mark", "space", "mark"), *ModelList.KEYS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "Mark", id="models.mark")]

    def __init__(
        self, title: str, *, at_least: int = 1, marked: Iterable[str] = (), **options: Any
    ) -> None:
        """`marked` are proposed. Fewer than `at_least` are not taken. The `options` are those of
        `ModelList`."""
        self._marked = dict.fromkeys(marked)
        recent = (*self._marked, *options.pop("recent", ()))
        super().__init__(title=title, recent=recent, is_markable=True, **options)
        self._at_least = at_least

    def fill(self) -> None:
        """What is proposed is marked."""
        super().fill()
        self._show_marks()

    def action_mark(self) -> None:
        """Mark the model or take its mark away, and go on."""
        model = self.choices.current
        if model is None:
            return
        if model in self._marked:
            del self._marked[model]
        else:
            try:
                self._check(model)
            except UsageError as problem:
                self.complain(str(problem))
                return
            self._marked[model] = None
            self._recent = (*self._recent, model)  # what was typed has a row from now on
            self._fill(model)
            self.complain("")
        self._show_marks()
        self.choices.action_move(1)

    def picked(self, key: str) -> tuple[str, ...]:
        """The marked ones, else this one. Raises `UsageError` where they are too few, or one cannot be used."""
        models = tuple(self._marked) or (key,)
        if len(models) < self._at_least:
            raise UsageError(f"Mark {self._at_least} models at least, with the space bar.")
        for model in models:
            self._check(model)
        return models

    def _show_marks(self) -> None:
        self.choices.mark(frozenset(self._marked))
