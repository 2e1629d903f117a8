"""What is found by what was said."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from text_shelves import TextShelf

from tui_sessions.model.found import Hit
from tui_sessions.model.query import parse_query
from tui_sessions.model.words import indexed, words
from tui_sessions.store.texts.database import shard_statement


@pytest.fixture(params=["index", "plain"])
def shelf(tmp_path: Path, request: pytest.FixtureRequest) -> TextShelf:
    """The same answers are expected with the index and without it."""
    return TextShelf(tmp_path, is_kept=request.param == "index")


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("call getUserName() here", "user"),
        ("call getUserName() here", "getUser"),
        ("call getUserName() here", "username"),
        ("a snake_case name", "case"),
        ("a snake_case name", "snake_case"),
        ("修复错误处理", "错误"),
        ("Ein Café in Zürich", "cafe zurich"),
        ("die Straße", "STRASSE"),
        ("I like C++ best", "c++"),
        ("and c# too", '"c#"'),
        ("what OAuth means", "oau*"),
        ("one two three", '"two three"'),
        ("한국어를 배우다", "국어"),
        ("one\ntwo", '"one two"'),
        ('a "quoted" word', "quoted"),
        ("NEAR and NOT", "near"),
        ("it's", "it's"),
        ("thanks😊bye", "thanks"),
        ("all done ✅ 🎉 next one", '"done next"'),
        ("15₿fee", "fee"),
    ],
)
def test_words_are_found(shelf: TextShelf, said: str, query: str) -> None:
    shelf.put("a", ("other", said))
    shelf.put("b", ("other", "nothing of it"))
    shelf.update()
    assert shelf.find(query) == {("a", 0)}


@pytest.mark.parametrize("query", ["quote", '"three two"', "++", "wort", "cas", '"user set"'])
def test_what_was_not_said_is_not_found(shelf: TextShelf, query: str) -> None:
    shelf.put("a", ("getUser setName", "one two three quoted saltwort snake_case ++"))
    shelf.update()
    assert shelf.find(query) == set()


def test_sqlite_takes_for_words_what_we_take_for_words() -> None:
    table = sqlite3.connect(":memory:")
    table.execute(shard_statement(0))
    table.execute("CREATE VIRTUAL TABLE found USING fts5vocab(said_0, instance)")
    codes = [code for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000]
    texts = {code: indexed(f"ab{chr(code)}cd") for code in codes}
    table.executemany("INSERT INTO said_0(rowid, assistant) VALUES (?, ?)", texts.items())
    taken: dict[int, list[str]] = {code: [] for code in codes}
    for term, code in table.execute("SELECT term, doc FROM found ORDER BY doc, offset"):
        taken[code].append(term)
    assert [hex(code) for code in codes if taken[code] != words(texts[code])] == []


def test_all_words_stand_in_one_turn(shelf: TextShelf) -> None:
    shelf.put("a", ("jwt", "tokens"), ("oauth", "flows"))
    shelf.update()
    assert shelf.find("jwt tokens") == {("a", 0)}
    assert shelf.find("jwt oauth") == set()
    assert shelf.find("jwt OR oauth") == {("a", 0), ("a", 1)}


def test_title_tags_and_notes_belong_to_every_turn(shelf: TextShelf) -> None:
    shelf.put("a", ("why jwt?", "so"), ("more", "words"), title="Login", meta={"tags": ["web"]})
    shelf.put("b", ("why jwt?", "so"), meta={"notes": "for the login of web"})
    shelf.update()
    assert shelf.find("login") == {("a", None), ("b", None)}
    assert shelf.find("login jwt web") == {("a", 0), ("b", 0)}
    assert shelf.find("login web") == {("a", None), ("b", None)}
    assert shelf.find("jwt -login") == set()


def test_unwanted_words_keep_turns_out(shelf: TextShelf) -> None:
    shelf.put("a", ("jwt", "draft"), ("jwt", "final"))
    shelf.put("b", ("other", "words"))
    shelf.update()
    assert shelf.find("jwt -draft") == {("a", 1)}
    assert shelf.find("-draft") == {("b", None)}


def test_facts_and_words_go_together(shelf: TextShelf) -> None:
    shelf.put("a", ("jwt", "x"), model="openai/gpt", meta={"tags": ["web"]})
    shelf.put("b", ("jwt", "x"), model="ollama/llama")
    shelf.put("c", ("other", "x"), meta={"tags": ["web"]})
    shelf.update()
    assert shelf.find("jwt model:gpt") == {("a", 0)}
    assert shelf.find("jwt -model:gpt") == {("b", 0)}
    assert shelf.find("tag:web") == {("a", None), ("c", None)}
    assert shelf.find("jwt OR tag:web") == {("a", 0), ("a", None), ("b", 0), ("c", None)}
    assert shelf.find("jwt OR -x") == {("a", 0), ("b", 0)}
    assert shelf.find("-jwt OR -other") == {(name, None) for name in "abc"}


def test_who_said_it_can_be_asked(shelf: TextShelf) -> None:
    shelf.put("a", ("word", "other"), title="word")
    shelf.put("b", ("other", "word"), [("system", "word"), ("tool", "thing")])
    shelf.update()
    assert shelf.find("role:user word") == {("a", 0)}
    assert shelf.find("role:assistant word") == {("b", 0)}
    assert shelf.find("role:system word") == {("b", 1)}
    assert shelf.find("-role:user word") == {("b", 0), ("b", 1)}


def test_the_last_word_may_be_half_typed(shelf: TextShelf) -> None:
    shelf.put("a", ("saltwort", "grows"))
    shelf.update()
    assert shelf.find("grows sal", as_typed=True) == {("a", 0)}
    assert shelf.find("sal grows", as_typed=True) == set()


def test_the_title_comes_first_then_the_prompt(shelf: TextShelf) -> None:
    shelf.put("answered", ("other", "jwt it is"))
    shelf.put("asked", ("jwt it is", "other"))
    shelf.put("titled", ("other", "other"), title="jwt")
    shelf.update()
    assert shelf.best("jwt") == ["titled", "asked", "answered"]
    places = {hit.session_id: hit.place for batch in shelf.batches("jwt") for hit in batch.hits}
    assert places == {"titled": "title", "asked": "prompt", "answered": "answer"}


def test_other_answers_are_found_too(shelf: TextShelf) -> None:
    other = {"message": {"role": "assistant", "content": "rejected"}}
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "chosen"}]
    shelf.put("a")
    (shelf.root / "a.json").write_text(
        json.dumps({"id": "a", "turns": [{"messages": messages, "alternatives": [other]}]})
    )
    shelf.update()
    assert shelf.find("rejected") == {("a", 0)}


def test_without_words_the_sessions_that_match_are_listed_newest_first(shelf: TextShelf) -> None:
    for number in range(3):
        shelf.put(f"s{number}", ("q", "a"))
    shelf.update()
    (batch,) = shelf.batches("is:archived OR turns:1")
    assert [hit.session_id for hit in batch.hits] == ["s2", "s1", "s0"]


def test_the_newest_part_comes_first(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, shard_turns=2)
    for number in range(6):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.update()
    found = [sorted(hit.session_id for hit in batch.hits) for batch in shelf.batches("word")]
    assert found == [[], ["s4", "s5"], ["s2", "s3"], ["s0", "s1"]]
    assert [(batch.done, batch.total) for batch in shelf.batches("word")] == [
        (1, 4), (2, 4), (3, 4), (4, 4)
    ]  # fmt: skip


def test_what_grew_comes_first_again(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, shard_turns=2)
    for number in range(6):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.update()
    shelf.put("s0", ("word", "said"), ("word", "once more"))
    shelf.update()
    first = next(batch for batch in shelf.batches("word") if batch.hits)
    assert [(hit.session_id, hit.turn) for hit in first.hits] == [("s0", 1)]


def test_no_session_is_left_out_however_many_hits_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.texts.searching.MOST_OF_A_PART", 3)
    monkeypatch.setattr("tui_sessions.store.texts.searching.MOST_RANKED", 2)
    monkeypatch.setattr("tui_sessions.store.texts.heads.MOST_RANKED", 2)
    shelf = TextShelf(tmp_path)
    for number in range(8):
        shelf.put(f"titled{number}", title="of words and a word")
    shelf.put("many", *[("word", "word")] * 10)
    shelf.put("few", ("other", "a long answer with the word in it somewhere"))
    shelf.update()
    batches = shelf.batches("word")
    found = {hit.session_id for batch in batches for hit in batch.hits}
    assert found == {"many", "few", *(f"titled{number}" for number in range(8))}
    assert sum(batch.found for batch in batches) == 19
    assert [batch.done for batch in batches] == list(range(1, batches[-1].total + 1))


def test_common_words_are_found_though_they_are_not_ranked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.texts.searching.MOST_RANKED", 2)
    shelf = TextShelf(tmp_path)
    shelf.put("a", *[("other", "the")] * 3, ("the", "other"))
    shelf.update()
    assert shelf.find("the") == {("a", turn) for turn in range(4)}
    best = shelf.batches("the")[1].hits[0]
    assert (best.turn, best.place) == (3, "prompt")


def test_a_search_ends_when_it_is_told_to(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, shard_turns=1)
    for number in range(5):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.update()
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 2

    assert len(shelf.batches("word", stop=stop)) < 5


def test_a_search_that_is_dropped_holds_nothing(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, shard_turns=1)
    for number in range(3):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.update()
    for _ in range(5):
        next(iter(shelf.texts.search(parse_query("word"))))
    shelf.put("s9", ("word", "said"))
    assert shelf.update()
    assert ("s9", 0) in shelf.find("word")


def test_filters_ask_which_sessions_hold_a_word(shelf: TextShelf) -> None:
    shelf.put("a", ("jwt", "x"), title="one")
    shelf.put("b", ("x", "jwt"), title="two")
    shelf.put("c", ("x", "x"), title="jwt")
    shelf.update()

    def listed(query: str) -> set[str]:
        return set(shelf.rows.ids(parse_query(query), "updated"))

    assert listed("text:jwt") == {"a", "b", "c"}
    assert listed("text:jwt role:user") == {"a"}
    assert listed("-text:jwt") == set()
    assert listed("text:jwt title:two") == {"b"}


def test_what_filters_were_told_holds_until_something_changes(shelf: TextShelf) -> None:
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    (term,) = parse_query("text:jwt").terms
    query = parse_query("text:jwt")
    assert len(shelf.texts.found(term, query)) == 1
    assert len(shelf.texts.found(term, query)) == 1
    assert len(shelf.texts.found(term, parse_query("text:jwt role:tool"))) == 0
    shelf.put("b", ("jwt", "x"))
    shelf.update()
    assert len(shelf.texts.found(term, query)) == 2


def test_an_excerpt_comes_from_the_file_as_it_stands_now(shelf: TextShelf) -> None:
    shelf.put("a", ("why?", "because of the needle in it"), title="The needle")
    shelf.update()
    query = parse_query("needle")
    titled = Hit(session_id="a", turn=None, place="title")
    answered = Hit(session_id="a", turn=0, place="answer")
    assert shelf.texts.excerpt(titled, query, 60).text == "The needle"
    excerpt = shelf.texts.excerpt(answered, query, 60)
    assert excerpt.text == "because of the needle in it"
    assert [excerpt.text[start:end] for start, end in excerpt.marks] == ["needle"]
    shelf.put("a", ("why?", "no longer"), title="x")
    assert shelf.texts.excerpt(answered, query, 60).text == "no longer"
    gone = Hit(session_id="a", turn=7, place="answer")
    assert shelf.texts.excerpt(gone, query, 60).text == ""
