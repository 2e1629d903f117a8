"""The tree: order, branches, folding, windows."""

from __future__ import annotations

from pathlib import Path

from shelves import opened, put

from tui_sessions.model.query import Query, parse_query
from tui_sessions.model.results import DamagedLine, FolderLine, SessionLine, TreeLine
from tui_sessions.store.tree.tree import Tree


def shown(line: TreeLine) -> str:
    """`  ▾ name` for a folder, `  + title` for a session with open branches, `  ! path` for damage."""
    indent = "  " * line.depth
    match line:
        case FolderLine():
            return f"{indent}{'▾' if line.is_open else '▸'} {line.name} {line.sessions}"
        case SessionLine():
            mark = ("⑂" if line.is_branch else "·") + ("+" if line.is_open else "")
            return f"{indent}{mark} {line.row.title}"
        case DamagedLine():
            return f"{indent}! {line.row.path}"


def lines(tree: Tree) -> list[str]:
    return [shown(line) for line in tree.window(0, tree.count)]


def filled(root: Path) -> Path:
    put(root, "z.json", id="z", title="Zed", turns=[{"messages": [], "cost_estimate": 1}])
    put(root, "a.json", id="a", title="Ay")
    put(root, "b.json", id="b", title="Bee", parent={"id": "a", "turn": 0})
    put(root, "c.json", id="c", title="Cee", parent={"id": "b", "turn": 0})
    put(root, "Work/api/x.json", id="x", turns=[{"messages": [], "cost_estimate": 0.5}], title="Ex")
    put(root, "Work/w.json", id="w", turns=[{"messages": [], "usage": {}}], title="We")
    put(root, "archive/o.json", id="o", title="Oh", parent={"id": "gone", "turn": 0})
    (root / "archive" / "bad.json").write_text("{")
    return root


def test_folders_come_first_then_sessions_then_damage(tmp_path: Path) -> None:
    tree = opened(filled(tmp_path)).tree(Query(), sort="title")
    assert lines(tree) == [
        "▾ archive 1",
        "  · Oh",
        "  ! archive/bad.json",
        "▾ Work 2",
        "  ▾ api 1",
        "    · Ex",
        "  · We",
        "·+ Ay",
        "  ⑂+ Bee",
        "    ⑂ Cee",
        "· Zed",
    ]
    assert (tree.count, tree.total) == (11, 7)


def test_folded_places_hide_what_is_in_them(tmp_path: Path) -> None:
    closed = frozenset({"folder:Work", "session:b", "folder:archive"})
    tree = opened(filled(tmp_path)).tree(Query(), sort="title", closed=closed)
    assert lines(tree) == ["▸ archive 1", "▸ Work 2", "·+ Ay", "  ⑂ Bee", "· Zed"]
    assert tree.total == 7


def test_a_query_shows_what_matches_with_nothing_folded(tmp_path: Path) -> None:
    closed = frozenset({"folder:Work", "session:b"})
    tree = opened(filled(tmp_path)).tree(parse_query("title:e"), sort="title", closed=closed)
    assert lines(tree) == [
        "▾ Work 2",
        "  ▾ api 1",
        "    · Ex",
        "  · We",
        "·+ Bee",
        "  ⑂ Cee",
        "· Zed",
    ]
    assert tree.total == 5


def test_a_folder_adds_up_what_is_in_and_below_it(tmp_path: Path) -> None:
    tree = opened(filled(tmp_path)).tree(Query())
    place = tree.position("folder:Work")
    assert place is not None
    (line,) = tree.window(place, place + 1)
    assert isinstance(line, FolderLine)
    assert (line.cost.nanousd, line.cost.known, line.cost.unknown) == (500_000_000, 1, 1)


def test_windows_and_positions_agree(tmp_path: Path) -> None:
    tree = opened(filled(tmp_path)).tree(Query())
    everything = tree.window(0, 100)
    assert len(everything) == tree.count
    for place, line in enumerate(everything):
        assert tree.position(line.key) == place
        assert tree.window(place, place + 1) == (line,)
    assert tree.position("session:nobody") is None
    assert tree.window(-5, 1) == everything[:1]
    assert tree.window(tree.count, 100) == ()


def test_a_branch_moved_to_another_folder_is_shown_there(tmp_path: Path) -> None:
    library = opened(filled(tmp_path))
    library.move("c", "archive")
    assert "  · Cee" in lines(library.tree(Query()))


def test_parents_that_go_round_in_a_circle_hide_nobody(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a", title="A", parent={"id": "c", "turn": 0})
    put(tmp_path, "b.json", id="b", title="B", parent={"id": "a", "turn": 0})
    put(tmp_path, "c.json", id="c", title="C", parent={"id": "b", "turn": 0})
    put(tmp_path, "d.json", id="d", title="D", parent={"id": "b", "turn": 0})
    put(tmp_path, "e.json", id="e", title="E", parent={"id": "e", "turn": 0})
    tree = opened(tmp_path).tree(Query(), sort="title")
    assert sorted(line.split()[-1] for line in lines(tree)) == ["A", "B", "C", "D", "E"]


def test_a_long_chain_of_branches_is_laid_out(tmp_path: Path) -> None:
    for number in range(1200):
        put(tmp_path, f"{number}.json", id=f"s{number}", parent={"id": f"s{number - 1}", "turn": 0})
    tree = opened(tmp_path).tree(Query(), sort="created")
    (last,) = tree.window(1199, 1200)
    assert last.depth == 1199
