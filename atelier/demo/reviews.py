"""The yearly reviews: nine pages each, one chapter a page, made of the year's meetings."""

from __future__ import annotations

from datetime import datetime

from atelier.demo import cast
from atelier.demo.blocks import Block, Bullets, Heading, PageBreak, Paper, Paragraph, Table
from atelier.demo.french import day, sentences, typeset
from atelier.demo.layout import pages
from atelier.demo.meetings import Meeting, held
from atelier.demo.minutes import dashboard

_CHAPTERS = (
    ("Santé mentale", "sante-mentale"),
    ("Mobilité et accès aux soins", "mobilite"),
    ("Addictions", "addictions"),
    ("Logement et santé", "logement"),
)


def review(year: int, dated: datetime, *, summary: str, care: str, outlook: str) -> Paper:
    """The review of a year; « Accès aux soins » is always page 7."""
    title = f"Bilan annuel {year} de l’Atelier santé"
    blocks: list[Block] = [
        Heading(title, 1),
        Heading("1. Synthèse"),
        Paragraph(typeset(summary)),
        Bullets(_figures(year)),
        PageBreak(),
        *_governance(year),
    ]
    for number, (name, series) in enumerate(_CHAPTERS, 3):
        blocks += [PageBreak(), Heading(f"{number}. {name}"), *_chapter(series, year)]
    blocks += [PageBreak(), Heading("7. Médecins, soins et dépistage"), Paragraph(typeset(care))]
    blocks += _decided(held("plenieres", year))
    blocks += [PageBreak(), Heading("8. Indicateurs"), *dashboard(dated.date())[1:]]
    blocks += [PageBreak(), Heading("9. Perspectives"), Paragraph(typeset(outlook))]
    blocks += _open_actions(year)
    return Paper(title, cast.people()["duhamel"].name, dated, pages(blocks))


def _figures(year: int) -> tuple[str, ...]:
    everything = [one for _, series in _CHAPTERS for one in held(series, year)]
    together = [*held("plenieres", year), *held("copil", year)]
    decisions = sum(bool(item.decision) for one in (*everything, *together) for item in one.items)
    return (
        f"{len(held('plenieres', year))} réunions plénières",
        f"{len(held('copil', year))} comités de pilotage",
        f"{len(everything)} réunions de groupes de travail",
        f"{decisions} décisions inscrites au registre",
    )


def _governance(year: int) -> list[Block]:
    rows = tuple(
        (day(one.on), one.series.short, one.place)
        for series in ("plenieres", "copil")
        for one in held(series, year)
    )
    blocks: list[Block] = [
        Heading("2. Gouvernance"),
        Table(("Date", "Instance", "Lieu"), rows),
    ]
    return blocks + _told(held("copil", year))


def _chapter(series: str, year: int) -> list[Block]:
    found = held(series, year)
    if not found:
        text = (
            f"Le groupe n'était pas encore réuni en {year} : il a été installé par la plénière "
            "d'automne et sa première séance se tient au début de l'année suivante. Sa structure "
            "pilote a recueilli les attentes des membres pour préparer le premier ordre du jour."
        )
        return [Paragraph(typeset(text))]
    dates = " et le ".join(day(one.on) for one in found)
    return [Paragraph(f"Le groupe s’est réuni le {dates}."), *_told(found)]


def _told(found: tuple[Meeting, ...]) -> list[Block]:
    """What was said in short: the first two sentences of each item, and its decision."""
    blocks: list[Block] = []
    for item in (item for one in found for item in one.items):
        text = " ".join(sentences(item.text)[:2])
        blocks += [Heading(item.title, 3), Paragraph(text)]
        if item.decision:
            blocks.append(Paragraph(item.decision, lead="Décision :"))
    return blocks


def _decided(found: tuple[Meeting, ...]) -> list[Block]:
    decisions = tuple(item.decision for one in found for item in one.items if item.decision)
    lead = Paragraph("Les plénières de l’année ont pris les décisions suivantes.")
    return [lead, Bullets(decisions)] if decisions else []


def _open_actions(year: int) -> list[Block]:
    rows = tuple(
        (item.action, cast.people()[item.who].name, day(item.due))
        for series in ("copil", "plenieres")
        for one in held(series, year)
        for item in one.items
        if item.due is not None and item.due.year > year
    )
    if not rows:
        return []
    head = ("Action qui continue", "Responsable", "Échéance")
    return [Heading("Actions reportées sur l’année suivante"), Table(head, rows)]
