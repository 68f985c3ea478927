"""French paragraphs, and the same put in other lines and on other pages."""

from __future__ import annotations

import textwrap

from hypothesis import strategies as st

PARAGRAPHS = (
    "La convention lie les structures du réseau pour une durée de deux ans, renouvelable.",
    "Chaque structure désigne un référent ; il suit la mise en œuvre et rend compte au comité.",
    "L’équipe mobile intervient à domicile, en établissement médico-social et à l’hôpital.",
    "Le comité de pilotage se réunit chaque trimestre et présente un bilan annuel aux financeurs.",
    "Les données sont conservées cinq ans ; la confidentialité est l’affaire de tous.",
    "Peut-être faut-il prévoir un interprète : celui-ci est choisi par l’établissement d’accueil.",
    "Le coût (1 250,50 € en 2019-2020) est pris en charge à 65 % par l’assurance maladie.",
    "Les patients co-infectés sont orientés vers le service post-hospitalier sous 48 h.",
)

paragraphs = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=8, unique=True)


def rewrapped(
    said: list[str], width: int, height: int, *, header: str = "", cuts_words: bool = False
) -> tuple[str, ...]:
    """Paragraphs in lines of a width, on pages of so many lines, numbered when they have a header.

    `cuts_words` cuts the last long word of each line with a hyphen, as typesetters do.
    """
    lines = [line for one in said for line in textwrap.wrap(one, width)]
    if cuts_words:
        lines = _cut(lines)
    pages = [lines[at : at + height] for at in range(0, len(lines), height)]
    if not header:
        return tuple("\n".join(page) for page in pages)
    return tuple("\n".join([header, *page, str(n)]) for n, page in enumerate(pages, 1))


def _cut(lines: list[str]) -> list[str]:
    cut, rest = [], ""
    for line in lines:
        words = (rest + line).split()
        rest = ""
        if len(words[-1]) > 7 and words[-1].isalpha():
            words[-1], rest = f"{words[-1][:4]}-", f"{words[-1][4:]} "
        cut.append(" ".join(words))
    return [*cut, rest.strip()] if rest else cut
