"""Sheets with something of everything, for the tests of what writes them."""

from __future__ import annotations

from typing import Final

from atelier.model.prose import Block, BlockKind, Run, Sheet, Table

HOSTILE: Final = "a\x00b <b>&amp;</b> ]]> \u202egnp.exe 🎉 مرحبا שלום \ufffe <br/> é"


def sheet(
    *blocks: Block | Table,
    title: str = "Été à l’Œuvre",
    language: str = "fr",
    subtitle: str = "",
    footer: str = "",
) -> Sheet:
    """A sheet of these blocks."""
    return Sheet(title, language, blocks, subtitle, footer)


def block(kind: BlockKind, *texts: str, level: int = 1, number: int = 0) -> Block:
    """A block of plain runs."""
    return Block(kind, tuple(Run(text) for text in texts), level, number)


def everything() -> Sheet:
    """Each kind of block, each look of words, a table of two pages."""
    looks = (
        Run("plain "), Run("fort", is_strong=True), Run(" "), Run("penché", is_emphasised=True),
        Run(" "), Run("code  x", is_code=True), Run("\n"),
        Run("un lien", link="https://example.org/?a=1&b=2"),
    )  # fmt: skip
    rows = tuple((str(n), f"Décision numéro {n}", "3 mars 2026\nà Argentan") for n in range(60))
    return sheet(
        block(BlockKind.HEADING, "Présences"),
        Block(BlockKind.PARAGRAPH, looks),
        *(block(BlockKind.BULLET, f"puce {n}", level=n) for n in (1, 2, 3)),
        block(BlockKind.NUMBERED, "compté", level=2, number=4),
        block(BlockKind.NUMBERED, "recompté", number=7),
        block(BlockKind.QUOTE, "cité"),
        block(BlockKind.CODE, "un\n  deux"),
        block(BlockKind.RULE),
        block(BlockKind.HEADING, "Au-dessous", level=4),
        Table(("N°", "Décision", "Jour"), rows, (1, 5, 2)),
        block(BlockKind.PARAGRAPH, "Fin."),
        subtitle="mardi 3 mars 2026",
        footer="Réseau – Compte rendu",
    )


def long_ones() -> dict[str, Sheet]:
    """What somebody may paste."""
    kind = BlockKind
    many = tuple((str(n), HOSTILE) for n in range(1_000))
    return {
        "hostile": sheet(block(kind.PARAGRAPH, HOSTILE), title=HOSTILE, footer=HOSTILE),
        "empty": sheet(block(kind.PARAGRAPH), block(kind.HEADING), block(kind.BULLET), title=""),
        "rows": sheet(Table(("N°", HOSTILE), many, (1, 4))),
        "cell": sheet(Table(("a", "b"), (("mot " * 20_000, "x" * 20_000),), (1, 1))),
        "narrow": sheet(Table(("a" * 500, "b"), (("c", "d"),), (1, 0.0001))),
        "word": sheet(block(kind.PARAGRAPH, "é" * 100_000)),
        "lines": sheet(block(kind.CODE, "a\n" * 5_000)),
        "deep": sheet(*(block(kind.BULLET, "mot " * 40, level=n) for n in range(1, 60))),
        "headings": sheet(*(block(kind.HEADING, HOSTILE, level=n % 9) for n in range(300))),
        "no_rows": sheet(Table(("a",), (), (1,))),
    }
