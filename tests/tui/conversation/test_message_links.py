"""The links of a message."""

from __future__ import annotations

from tui_sessions.tui.widgets.conversation.links import links_of


def test_links_are_found_wherever_they_stand_each_once() -> None:
    text = """\
# A [title](https://one.org/)

See [words **in bold**](https://two.org/a_(b)), https://three.org. And https://one.org/ again.

- [ ] item <mail@four.org>
  > quoted [five](http://five.org "title")

| [six](https://six.org) | b |
|---|---|
| c | [seven][7] |

[7]: https://seven.org

`https://code.org` and ![a cat](https://cat.org/c.png)
"""
    assert links_of(text) == (
        ("https://one.org/", "title"),
        ("https://two.org/a_(b)", "words in bold"),
        ("https://three.org", ""),
        ("mailto:mail@four.org", "mail@four.org"),
        ("http://five.org", "five"),
        ("https://six.org", "six"),
        ("https://seven.org", "seven"),
        ("https://cat.org/c.png", "▣ a cat"),
    )


def test_bare_addresses_are_links_as_on_github() -> None:
    text = "See www.one.org/a, (me.too@two.org), http://three.org! No: @name, user@host, www. x"
    assert links_of(text) == (
        ("http://www.one.org/a", "www.one.org/a"),
        ("mailto:me.too@two.org", "me.too@two.org"),
        ("http://three.org", ""),
    )


def test_what_could_do_harm_is_no_link() -> None:
    text = "[a](javascript:alert(1)) [b](file:///etc/passwd) [c](ssh://host) [d](HTTPS://ok.org) [e](data:x)"
    assert [link.url.lower() for link in links_of(text)] == ["https://ok.org"]


def test_a_link_that_tries_to_command_a_terminal_is_clean() -> None:
    (link,) = links_of("[a\x1b]52;c;x\x07](https://e.org/)")
    assert link.words.isprintable()
    assert link.url.isprintable()
