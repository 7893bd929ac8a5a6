"""Text for an output that is not UTF-8: the same table in fewer characters."""

SPELLED = {
    "±": "+/-",
    "–": "-",
    "…": "...",
    "“": '"',
    "”": '"',
    "·": "*",
    "×": "x",
    "²": "^2",
    "³": "^3",
    "∝": "~",
    "≤": "<=",
    "≥": ">=",
    "é": "e",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "ε": "epsilon",
    "ϑ": "theta",
    "λ": "lambda",
    "σ": "sigma",
    "ω": "omega",
    "Σ": "sum",
}


def plain(text: str, encoding: str | None) -> str:
    """`text` as it is where `encoding` has its characters, else with the others spelled out.

    >>> plain("1.2 ± 0.1 s²", "ascii"), plain("1.2 ± 0.1 s²", "utf-8")
    ('1.2 +/- 0.1 s^2', '1.2 ± 0.1 s²')
    """
    return "".join(_spelled(each, encoding or "ascii") for each in text)


def _spelled(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return SPELLED.get(character, "?")
    return character
