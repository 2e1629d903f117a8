"""Keys: which ids there are, and sentences about those that the configuration gets wrong.

Imported only where the configuration names keys: it needs every screen and dialog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from textual.binding import Binding
from textual.dom import DOMNode

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.attach import AttachDialog
from tui_sessions.tui.screens.backups import BackupsDialog
from tui_sessions.tui.screens.branch_map import BranchMapScreen
from tui_sessions.tui.screens.budgets import OverBudgetDialog
from tui_sessions.tui.screens.compare import CompareScreen
from tui_sessions.tui.screens.compare_paths import PathsScreen
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.context import ContextDialog
from tui_sessions.tui.screens.context_full import ContextFullDialog
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.screens.doctor import DoctorDialog
from tui_sessions.tui.screens.edit_message import EditMessageDialog
from tui_sessions.tui.screens.first_run import FirstRunDialog
from tui_sessions.tui.screens.help import HelpDialog
from tui_sessions.tui.screens.interrupted import InterruptedDialog
from tui_sessions.tui.screens.links import LinksDialog
from tui_sessions.tui.screens.main import MainScreen
from tui_sessions.tui.screens.models import ModelsDialog, SeveralModelsDialog
from tui_sessions.tui.screens.params import ParamsDialog
from tui_sessions.tui.screens.persona_form import PersonaForm
from tui_sessions.tui.screens.personas import PersonasDialog
from tui_sessions.tui.screens.queue import QueueDialog
from tui_sessions.tui.screens.quit import QuitDialog
from tui_sessions.tui.screens.replay import ReplayScreen
from tui_sessions.tui.screens.restore import RestoreDialog
from tui_sessions.tui.screens.search import SearchScreen
from tui_sessions.tui.screens.settings import SettingsDialog
from tui_sessions.tui.screens.side_by_side import SideBySide
from tui_sessions.tui.screens.statistics import StatisticsScreen
from tui_sessions.tui.screens.tag_list import TagListDialog
from tui_sessions.tui.screens.tidying import ExpiryDialog
from tui_sessions.tui.screens.trash import TrashDialog
from tui_sessions.tui.widgets.asking_line import AskingLine, InterruptedLine, UnsavedLine
from tui_sessions.tui.widgets.branch_graph import BranchGraph
from tui_sessions.tui.widgets.choices import Choices
from tui_sessions.tui.widgets.context_list import ContextList
from tui_sessions.tui.widgets.conversation.select_keys import SelectKeys
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.costs import Costs
from tui_sessions.tui.widgets.details import Details
from tui_sessions.tui.widgets.field_editors import ChoiceEditor
from tui_sessions.tui.widgets.filter_box import FilterBox
from tui_sessions.tui.widgets.find_box import FindBox
from tui_sessions.tui.widgets.model_line import ModelLine
from tui_sessions.tui.widgets.params_line import ParamsLine
from tui_sessions.tui.widgets.prompt_area import PromptArea
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.tui.widgets.statistics.chart import TimeChart
from tui_sessions.tui.widgets.statistics.rows import FigureRows
from tui_sessions.tui.widgets.statistics.week import WeekMap
from tui_sessions.tui.widgets.tag_field import TagEditor

OWNERS: tuple[type[DOMNode], ...] = (
    MainScreen,
    Conversation,
    SelectKeys,
    PromptArea,
    SessionTree,
    FilterBox,
    FindBox,
    Details,
    ModelLine,
    ChoiceEditor,
    TagEditor,
    Costs,
    Dialog,
    AskingLine,
    AttachDialog,
    BackupsDialog,
    DoctorDialog,
    ExpiryDialog,
    RestoreDialog,
    QueueDialog,
    ConfirmDialog,
    ContextDialog,
    ContextFullDialog,
    ContextList,
    FirstRunDialog,
    HelpDialog,
    LinksDialog,
    ModelsDialog,
    OverBudgetDialog,
    ParamsDialog,
    ParamsLine,
    PersonaForm,
    PersonasDialog,
    SearchScreen,
    BranchMapScreen,
    BranchGraph,
    SettingsDialog,
    TagListDialog,
    TrashDialog,
    Choices,
    InterruptedDialog,
    InterruptedLine,
    QuitDialog,
    UnsavedLine,
    SideBySide,
    CompareScreen,
    PathsScreen,
    SeveralModelsDialog,
    EditMessageDialog,
    ReplayScreen,
    StatisticsScreen,
    FigureRows,
    TimeChart,
    WeekMap,
)
"""Everything with keys of its own; tests/tui/test_keys.py looks for those that are missing."""


def binding_ids(owners: Iterable[type[DOMNode]] = OWNERS) -> dict[str, Binding]:
    """The keys of `owners` by their ids."""
    found: dict[str, Binding] = {}
    for owner in owners:
        for binding in Binding.make_bindings(owner.BINDINGS):
            if binding.id:
                found.setdefault(binding.id, binding)
    return found


def unknown_ids(keymap: Mapping[str, str], *app: type[DOMNode]) -> list[str]:
    """A sentence for each id in `[keys]` that is none, with the nearest right one."""
    known = binding_ids((*app, *OWNERS))
    sentences = []
    for name in keymap:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "F1 lists the ids."
            sentences.append(f"[keys] names {clean_line(name)}, which no key has. {hint}")
    return sentences


def clashes(keymap: Mapping[str, str], *app: type[DOMNode]) -> list[str]:
    """A sentence for each key that `keymap` gives to one binding while another in the same place has it."""
    everywhere: tuple[type[DOMNode], ...] = (*app, MainScreen)
    places = [everywhere, *((owner,) for owner in OWNERS if owner is not MainScreen)]
    return [sentence for owners in places for sentence in _clashes_in(owners, keymap)]


def _clashes_in(owners: Iterable[type[DOMNode]], keymap: Mapping[str, str]) -> list[str]:
    holders: dict[str, str] = {}
    found: dict[tuple[str, str, str], None] = {}
    for owner in owners:
        for binding in Binding.make_bindings(owner.BINDINGS):
            name = binding.id or binding.action
            for key in keymap.get(name, binding.key).split(","):
                other = holders.setdefault(key.strip(), name)
                if key.strip() and other != name:
                    found[key.strip(), name, other] = None
    return [
        f"[keys] gives {clean_line(key)} to {name} and {other}, and only one can have it."
        " Choose another key for one of them."
        for key, name, other in found
    ]
