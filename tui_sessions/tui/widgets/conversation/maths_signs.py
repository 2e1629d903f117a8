"""What LaTeX's names look like in Unicode: tables only, loaded when the first formula is drawn."""

from __future__ import annotations

_LETTERS = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι "
    "kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ "
    "upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ "
    "Upsilon Υ Phi Φ Psi Ψ Omega Ω hbar ℏ ell ℓ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ imath ı jmath ȷ "
    "partial ∂ nabla ∇ infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ "
    "top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ diamond ⋄ star ⋆ prime ′ degree ° dagger † "
    "ddagger ‡ S § P ¶ checkmark ✓ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭ sharp ♯ "
    "ldots … dots … dotsc … dotsb ⋯ cdots ⋯ vdots ⋮ ddots ⋱ therefore ∴ because ∵ complement ∁ "
    "langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ] vert | "
    "lvert | rvert | Vert ‖ lVert ‖ rVert ‖ backslash \\ colon : qed ∎ blacksquare ∎ pounds £ euro € "
    "AA Å aa å ae æ AE Æ oe œ OE Œ o ø O Ø ss ß i ı"
)
_OPERATORS = (
    "times × cdot · div ÷ pm ± mp ∓ ast ∗ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙ wedge ∧ "
    "land ∧ vee ∨ lor ∨ cap ∩ cup ∪ setminus ∖ sqcap ⊓ sqcup ⊔ uplus ⊎ amalg ⨿ wr ≀ mid ∣ bmod mod "
    "leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ lt < gt > ll ≪ gg ≫ leqslant ⩽ geqslant ⩾ equiv ≡ sim ∼ simeq ≃ "
    "approx ≈ cong ≅ propto ∝ doteq ≐ coloneqq ≔ triangleq ≜ asymp ≍ prec ≺ succ ≻ preceq ⪯ succeq ⪰ "
    "in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ "
    "sqsubseteq ⊑ sqsupseteq ⊒ parallel ∥ nparallel ∦ perp ⟂ models ⊨ vDash ⊨ vdash ⊢ dashv ⊣ "
    "Vdash ⊩ nmid ∤ "
    "to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ "
    "implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ longmapsto ⟼ longrightarrow ⟶ longleftarrow ⟵ "
    "Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ longleftrightarrow ⟷ hookrightarrow ↪ "
    "hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ "
    "swarrow ↙ nwarrow ↖ rightharpoonup ⇀ leftharpoonup ↼ rightleftharpoons ⇌ rightrightarrows ⇉ "
    "leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠ nrightarrow ↛ nRightarrow ⇏"
)
_LARGE = (
    "sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ "
    "bigvee ⋁ bigwedge ⋀ bigsqcup ⨆ biguplus ⨄"
)


_FUNCTIONS = (
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp log ln lg lim limsup liminf "
    "max min sup inf det dim ker hom deg gcd arg argmax argmin Pr tr rank sgn mod"
)
_NOTHING = (
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag hline left "
    "right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm centering "
    "mathstrut strut allowbreak"
)
_PLAIN = (
    "mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb operatorname rm bf "
    "mathop mathrel mathbin mathord underbrace overbrace"
)
_WORDS = "text textrm textbf textit textsf texttt textnormal mbox hbox"


def _pairs(table: str) -> dict[str, str]:
    words = table.split(" ")
    return dict(zip(words[::2], words[1::2], strict=True))


LETTERS = _pairs(_LETTERS)
"""Stand for themselves."""
OPERATORS = _pairs(_OPERATORS)
"""Stand between two things, with a blank on both sides."""
LARGE = _pairs(_LARGE)
"""Take limits, and a blank before what they apply to."""
FUNCTIONS = frozenset(_FUNCTIONS.split())
NOTHING = frozenset(_NOTHING.split())
"""Say how to set, not what."""
PLAIN = frozenset(_PLAIN.split())
"""Shown as what they hold."""
WORDS = frozenset(_WORDS.split())
"""Hold words as they stand."""
SPACES = {"quad": "  ", "qquad": "    ", "enspace": " ", "thinspace": " ", "space": " "}
ESCAPED = {
    **{sign: sign for sign in "{}%$_#&"},
    **dict.fromkeys(",;: >", " "),
    "!": "",
    "|": "‖",
}
ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "underline": "\u0332",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "acute": "\u0301",
    "grave": "\u0300",
    "breve": "\u0306",
    "check": "\u030c",
    "mathring": "\u030a",
}
RAISED = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ′*†°⊤∘",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ′*†°ᵀ°",
)
LOWERED = str.maketrans(
    "0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"
)
_ODD = {
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "mathfrak": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
}
_FIRST = {"mathbb": 0x1D538, "mathcal": 0x1D49C, "mathfrak": 0x1D504}
ALPHABETS = {**{name: name for name in _FIRST}, "mathscr": "mathcal", "Bbb": "mathbb"}


def in_alphabet(text: str, name: str) -> str:
    """`text` in blackboard, calligraphic or fraktur letters (Unicode's mathematical alphabets)."""
    name = ALPHABETS[name]
    return "".join(_in_alphabet(char, name) for char in text)


def _in_alphabet(char: str, name: str) -> str:
    if char in _ODD[name]:
        return _ODD[name][char]
    if "A" <= char <= "Z":
        return chr(_FIRST[name] + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(_FIRST[name] + 26 + ord(char) - ord("a"))
    return chr(0x1D7D8 + int(char)) if name == "mathbb" and char in "0123456789" else char
