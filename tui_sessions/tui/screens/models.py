"""Picks the model that answers from now on, or several to be compared; lists of models arrive while it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

STAR = "★"
R = TypeVar("R")


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
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "favourite", "Favourite", id="models.favourite", priority=True)
    ]

    def __init__(
        self,
        *,
        current: str | None = None,
        favourites: Sequence[str] = (),
        recent: Sequence[str] = (),
        asked: Iterable[str] = (),
        check: Callable[[str], None] = lambda _: None,
        title: str = "Model",
        is_markable: bool = False,
    ) -> None:
        """`check` raises `UsageError` for a name that cannot be used; the dialog stays then."""
        choices = Choices(
            heads=("",),
            placeholder="type a model, or a part of one",
            empty="No model is known yet. Type provider/name.",
            noun=("model", "models"),
            takes_typed=True,
            is_markable=is_markable,
        )
        super().__init__(title, choices, ())
        self._current = current
        self._check = check
        self._favourites = list(dict.fromkeys(favourites))
        self._recent = tuple(recent)
        self._asked = dict.fromkeys(asked)
        self._models: dict[str, tuple[str, ...]] = {}
        self._errors: dict[str, str] = {}
        self._is_filled = False
        """Lists may arrive before there is anything to show them in."""
        self._asking = Static("", id="asking", classes="dialog--note", markup=False)
        self._failed = Static("", id="errors", markup=False)

    def body(self) -> ComposeResult:
        """The list, and who is still asked or did not answer."""
        yield self.choices
        yield self._asking
        yield self._failed

    def fill(self) -> None:
        """The cursor begins on the model in use."""
        self._is_filled = True
        self._fill(self._current)

    def add_models(self, provider: str, names: Iterable[str]) -> None:
        """The models of a provider arrived; names without the provider."""
        self._models[provider] = tuple(f"{provider}/{name}" for name in names)
        self._errors.pop(provider, None)
        self._asked.pop(provider, None)
        self._fill(None)

    def set_error(self, provider: str, sentence: str) -> None:
        """A provider gave no list; its models can still be typed."""
        self._errors[provider] = sentence
        self._asked.pop(provider, None)
        self._fill(None)

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

    def _fill(self, current: str | None) -> None:
        if not self._is_filled:
            return
        groups: list[tuple[str, Iterable[str]]] = [
            ("favourites", self._favourites),
            ("recent", [*([self._current] if self._current else []), *self._recent]),
        ]
        groups += [(name, sorted(self._models[name])) for name in sorted(self._models)]
        rows: dict[str, Choice] = {}
        for group, models in groups:
            for model in models:
                mark = STAR if model in self._favourites else ""
                now = ("in use",) if model == self._current else ()
                rows.setdefault(model, Choice(model, model, now, group, mark))
        self.choices.show(tuple(rows.values()), current=current)
        self._tell(
            self._asking, [f"asking {clean_line(', '.join(self._asked))} …"] if self._asked else []
        )
        self._tell(self._failed, [clean_line(sentence) for sentence in self._errors.values()])

    def _tell(self, line: Static, sentences: list[str]) -> None:
        line.update("\n".join(sentences))
        line.display = bool(sentences)


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
        self,
        title: str,
        *,
        at_least: int = 1,
        marked: Iterable[str] = (),
        favourites: Sequence[str] = (),
        recent: Sequence[str] = (),
        asked: Iterable[str] = (),
        check: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`marked` are proposed. Fewer than `at_least` are not taken."""
        super().__init__(
            favourites=favourites,
            recent=(*marked, *recent),
            asked=asked,
            check=check,
            title=title,
            is_markable=True,
        )
        self._at_least = at_least
        self._marked = dict.fromkeys(marked)

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
