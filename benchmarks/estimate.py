"""`python -m benchmarks.estimate`: how far the estimate of tokens is from what real vocabularies count.

The vocabularies are not among the dependencies; they are only measured with:

    npm pack gpt-tokenizer@4.0.0 && tar xf gpt-tokenizer-4.0.0.tgz        # o200k, cl100k: OpenAI's
    pip install anthropic-tokenizer==0.1.0                                # Claude's of 2023; optional
    python -m benchmarks.estimate package
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tui_sessions.engine.estimate import tokens_of

ROOT = Path(__file__).resolve().parent.parent
VOCABULARIES = ("o200k_base", "cl100k_base")
_COUNT = """
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { encode } = require(process.argv[1] + "/cjs/encoding/" + process.argv[2] + ".js");
console.log(JSON.stringify(texts.map((text) => encode(text).length)));
"""
LANGUAGES = {
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und "
    "Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison "
    "et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de "
    "razón y conciencia, deben comportarse fraternalmente los unos con los otros.",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni "
    "rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и "
    "совестью и должны поступать в отношении друг друга в духе братства.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι "
    "προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.",
    "Arabic": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم "
    "بعضا بروح الإخاء.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और "
    "अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
    "Chinese": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "Japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを"
    "授けられており、互いに同胞の精神をもって行動しなければならない。",
    "Korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 "
    "부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
    "emoji": "Great job! 🎉🎉 See you tomorrow 😀👍 and bring the cake 🎂🍰, please 🙏.",
}
"""Article 1 of the Universal Declaration of Human Rights (public domain), and a message."""


def samples() -> dict[str, str]:
    """Kinds of text by name."""
    return {
        "English, Markdown": (ROOT / "README.md").read_text(encoding="utf-8"),
        "English, licence": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        "Python": "\n".join(p.read_text(encoding="utf-8") for p in _sources("*.py")),
        "TOML": (ROOT / "config.example.toml").read_text(encoding="utf-8"),
        "JSON": "\n".join(p.read_text() for p in sorted((ROOT / "tests/data").rglob("*.json"))),
        "a stream of events": "\n".join(
            p.read_text(errors="replace") for p in sorted((ROOT / "tests/data").rglob("*.sse"))
        ),
        "style sheets": "\n".join(p.read_text(encoding="utf-8") for p in _sources("*.tcss")),
        **LANGUAGES,
    }


def _sources(pattern: str) -> list[Path]:
    return sorted((ROOT / "tui_sessions").rglob(pattern))


def counted(package: Path, vocabulary: str, texts: list[str]) -> list[int]:
    """What gpt-tokenizer counts of each text."""
    call = ["node", "-e", _COUNT, str(package.resolve()), vocabulary]
    done = subprocess.run(call, input=json.dumps(texts), capture_output=True, text=True, check=True)
    counts: list[int] = json.loads(done.stdout)
    return counts


def main(package: Path) -> None:
    """Prints a table in Markdown."""
    texts = samples()
    columns = {name: counted(package, name, list(texts.values())) for name in VOCABULARIES}
    claude = _claude()
    if claude is not None:
        columns["Claude 2"] = [claude(text) for text in texts.values()]
    print("| text | characters | estimate | " + " | ".join(columns) + " |")
    print("| --- " * (3 + len(columns)) + "|")
    for number, (name, text) in enumerate(texts.items()):
        guess = tokens_of(text)
        off = [
            f"{_count[number]:,} ({guess / _count[number] - 1:+.0%})" for _count in columns.values()
        ]
        print(f"| {name} | {len(text):,} | {guess:,} | " + " | ".join(off) + " |")


def _claude() -> Callable[[str], int] | None:
    try:
        from anthropic_tokenizer import count_tokens  # type: ignore[import-not-found]
    except ImportError:
        return None
    found: Callable[[str], int] = count_tokens
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
