"""What the demonstration answers where it is asked for a title and tags: words of the conversation itself."""

from __future__ import annotations

import json
import re
from collections import Counter

from tui_sessions.model.naming import MOST_WORDS, known_tags_in, quoted_prompt
from tui_sessions.model.session import title_from

_WORD = re.compile(r"[^\W\d_]{4,}")
_OPENING = re.compile(
    r"^(?:please|hello|hi|hey|can you|could you|would you|how do i|how can i|how to|what is|what are|tell me about"
    r"|explain|write|why is|why do)\b[\s,:]*",
    re.IGNORECASE,
)
_COMMON = frozenset(
    (
        *("about", "after", "also", "been", "could", "does", "down", "from", "have", "here"),
        *("into", "just", "like", "make", "more", "most", "need", "only", "other", "over"),
        *("please", "should", "some", "such", "than", "that", "their", "them", "then"),
        *("there", "these", "they", "this", "very", "want", "what", "when", "where", "which"),
        *("while", "will", "with", "would", "write", "your"),
    )
)
"""Words that say nothing of what a conversation is about."""
_MOST = 3


def name_for(asked: str) -> str:
    """A JSON object with a title and tags for the conversation that `asked` quotes."""
    prompt = quoted_prompt(asked)
    line = title_from(prompt)
    short = _OPENING.sub("", line).rstrip("?!. ") or line
    title = " ".join(short.split()[:MOST_WORDS])
    found = {"title": title[:1].upper() + title[1:], "tags": list(_tags(prompt, asked))}
    return json.dumps(found, ensure_ascii=False)


def _tags(prompt: str, asked: str) -> tuple[str, ...]:
    said = prompt.casefold()
    known = [tag for tag in known_tags_in(asked) if tag.casefold() in said]
    words = Counter(word for word in _WORD.findall(said) if word not in _COMMON)
    own = [word for word, _ in words.most_common(_MOST)]
    return tuple(dict.fromkeys((*known, *own)))[:_MOST]
