"""What a meeting leaves on paper: agenda, minutes, slides, attendance list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from atelier.demo import cast, draw
from atelier.demo.blocks import Block, Bullets, Content, Heading, PageBreak, Paper, Paragraph, Table
from atelier.demo.content import load
from atelier.demo.french import day, sentences, typeset, weekday
from atelier.demo.layout import pages
from atelier.demo.meetings import (
    Item,
    Meeting,
    became,
    excused,
    minutes_for,
    present,
    remarks,
)


def minutes(
    meeting: Meeting, previous: Meeting | None, dated: datetime, *, is_draft: bool = False
) -> Paper:
    """The minutes; a draft lacks the round table and says that it is one."""
    title = f"Compte rendu : {meeting.series.title}, {day(meeting.on)}"
    blocks: list[Block] = [Heading(title, 1), _opening(meeting)]
    if is_draft:
        blocks.append(_draft_notice(dated))
    blocks += _attendance(meeting)
    blocks += [Heading("Ordre du jour"), Bullets(tuple(item.title for item in meeting.items))]
    if previous is not None:
        blocks += _follow_up(previous)
    for at in range(len(meeting.items)):
        blocks += _item(meeting, at)
    if meeting.series.key == "plenieres" and not is_draft:
        blocks += _round_table(meeting)
    blocks += [*_register(meeting), _closing(meeting)]
    if meeting.series.key == "plenieres":
        blocks += [PageBreak(), *dashboard(meeting.on)]
    return _paper(title, meeting.series.secretary, dated, blocks)


def agenda(meeting: Meeting, dated: datetime, *, is_final: bool = True) -> Paper:
    """The agenda that convenes; before it is final, the papers to read are still missing."""
    title = f"Ordre du jour : {meeting.series.title}, {day(meeting.on)}"
    rows = tuple(
        (str(at), item.title, cast.people()[item.by].name, f"{minutes_for(meeting, at)} min")
        for at, item in enumerate(meeting.items, 1)
    )
    blocks: list[Block] = [
        Heading(title, 1),
        Paragraph(
            typeset(
                f"Vous êtes invités à la prochaine séance, {weekday(meeting.on)} à {meeting.time}, "
                f"{meeting.place}. Merci d'annoncer votre présence, ou le nom de la personne qui "
                "représente votre structure, au moins une semaine avant."
            )
        ),
        Table(("N°", "Point", "Présenté par", "Durée"), rows),
    ]
    if is_final:
        for item in meeting.items:
            blocks.append(Paragraph(_teaser(item), lead=f"{item.title}."))
    return _paper(title, meeting.series.secretary, dated, blocks)


def slides(meeting: Meeting, dated: datetime) -> Paper:
    """The slides shown: one page an item, its sentences as points."""
    title = f"{meeting.series.title} du {day(meeting.on)} : diaporama"
    people = cast.people()
    first: tuple[Content, ...] = (
        Heading(title, 1),
        Paragraph(f"{weekday(meeting.on).capitalize()}, {meeting.place}"),
        Bullets(tuple(f"{item.title} ({people[item.by].name})" for item in meeting.items)),
    )
    rest = tuple(
        (
            Heading(item.title, 1),
            Bullets(sentences(item.text)),
            Paragraph(item.decision, lead="Proposé à la décision :"),
        )
        for item in meeting.items
    )
    return Paper(title, people[meeting.series.chair].name, dated, (first, *rest), is_slides=True)


def attendance_list(meeting: Meeting, dated: datetime) -> Paper:
    """The signed list, with those who came and for which organisation."""
    title = f"Liste de présence : {meeting.series.title}, {day(meeting.on)}"
    rows = tuple((*row, "signé") for row in _came(meeting))
    blocks = (
        Heading(title, 1),
        Paragraph(typeset(f"Lieu : {meeting.place}. Ouverture à {meeting.time}.")),
        Table(("Nom", "Structure", "Fonction", "Signature"), rows),
        Paragraph(f"{len(rows)} personnes ont signé.", lead="Total."),
    )
    return _paper(title, meeting.series.secretary, dated, list(blocks))


def dashboard(on: date) -> list[Block]:
    """Figures by commune for a date: small, coherent, growing with the years."""
    communes = load("remarks")["communes"][:8]
    years = on.year - 2021
    rows = []
    for commune in communes:
        low = draw.number(f"{commune}/size", 4, 22)
        rows.append(
            (
                commune,
                str(max(3, low * 5 - years * low // 2 - draw.number(f"{commune}{on}", 0, 4))),
                str(low + years * 3 + draw.number(f"{commune}{on}a", 0, 5)),
                str(low // 2 + years + draw.number(f"{commune}{on}b", 0, 3)),
            )
        )
    head = ("Commune", "Sans médecin traitant", "Trajets du mois", "Logements signalés")
    return [
        Heading("Annexe : tableau de bord par commune"),
        Paragraph(
            f"Situation arrêtée au 1er du mois de la séance, {on.year}. Les communes de moins de "
            "cinq situations ne figurent pas au tableau."
        ),
        Table(head, tuple(rows)),
    ]


def _paper(title: str, author: str, dated: datetime, blocks: list[Block]) -> Paper:
    return Paper(title, cast.people()[author].name, dated, pages(blocks))


def _opening(meeting: Meeting) -> Paragraph:
    people, series = cast.people(), meeting.series
    chair = f"{people[series.chair].name}, {_role_of(meeting, series.chair)}"
    text = (
        f"La séance s'ouvre {weekday(meeting.on)} à {meeting.time}, {meeting.place}, sous la "
        f"présidence de {chair}. Le compte rendu est rédigé par {people[series.secretary].name}."
    )
    return Paragraph(typeset(text))


def _draft_notice(dated: datetime) -> Paragraph:
    until = day((dated + timedelta(days=8)).date())
    text = (
        f"Remarques attendues avant le {until}. Sans réponse à cette date, le texte est réputé "
        "approuvé ; le tour de table sera ajouté à la version définitive."
    )
    return Paragraph(text, lead="Projet soumis à relecture.")


def _attendance(meeting: Meeting) -> list[Block]:
    away = ", ".join(cast.people()[key].name for key in excused(meeting))
    blocks: list[Block] = [Heading("Personnes présentes")]
    if meeting.series.group is None:
        blocks.append(Table(("Nom", "Structure", "Fonction"), _came(meeting)))
    else:
        names = "; ".join(f"{name} ({short})" for name, short, _ in _came(meeting))
        blocks.append(Paragraph(typeset(names.replace(";", " ;") + ".")))
    if away:
        blocks.append(Paragraph(f"{away}.", lead="Excusés :"))
    return blocks


def _came(meeting: Meeting) -> tuple[tuple[str, str, str], ...]:
    rows = []
    for key in present(meeting):
        organisation = cast.represents(key, meeting.series.group)
        name = cast.people()[key].name
        rows.append((name, cast.short(organisation), cast.function(key, organisation)))
    return tuple(rows)


def _role_of(meeting: Meeting, key: str) -> str:
    return cast.function(key, cast.represents(key, meeting.series.group))


def _follow_up(previous: Meeting) -> list[Block]:
    people = cast.people()
    rows = tuple(
        (
            item.action[:1].upper() + item.action[1:],
            people[item.who].name,
            day(item.due),
            became(previous, item),
        )
        for item in previous.items
        if item.due is not None
    )
    head = ("Action", "Responsable", "Échéance", "État")
    return [Heading(f"Suites de la séance du {day(previous.on)}"), Table(head, rows)]


def _item(meeting: Meeting, at: int) -> list[Block]:
    item, people = meeting.items[at], cast.people()
    blocks: list[Block] = [
        Heading(f"{at + 1}. {item.title}"),
        Paragraph(item.text, lead=f"{people[item.by].name} présente le point."),
    ]
    for who, said in remarks(meeting, at):
        short = cast.short(cast.represents(who, meeting.series.group))
        blocks.append(Paragraph(f"{people[who].name} ({short}) {said}"))
    if item.decision:
        blocks.append(Paragraph(item.decision, lead="Décision :"))
    if item.due is not None:
        text = f"{item.action} ({people[item.who].name}, avant le {day(item.due)})."
        blocks.append(Paragraph(text, lead="Action :"))
    return blocks


def _round_table(meeting: Meeting) -> list[Block]:
    """Each organisation speaks once a year: half of them in spring, half in autumn."""
    news = load("news")[str(meeting.on.year)]
    half = 0 if meeting.on.month < 7 else 1
    blocks: list[Block] = [Heading("Tour de table")]
    for key, text in list(news.items())[half::2]:
        blocks.append(Paragraph(typeset(text), lead=f"{cast.organisations()[key].short} :"))
    return blocks


def _register(meeting: Meeting) -> list[Block]:
    people = cast.people()
    rows = tuple(
        (item.decision, f"{people[item.who].name} : {item.action}", day(item.due))
        for item in meeting.items
        if item.due is not None
    )
    head = ("Décision", "Action à mener", "Échéance")
    return [Heading("Relevé de décisions"), Table(head, tuple(map(_tidy, rows)))]


def _tidy(row: tuple[str, str, str]) -> tuple[str, str, str]:
    return (typeset(row[0]), typeset(row[1]), row[2])


def _closing(meeting: Meeting) -> Paragraph:
    lasted = draw.number(f"{meeting.key}/lasted", 85, 150)
    text = f"La séance est levée après {lasted // 60} h {lasted % 60:02d} d'échanges."
    return Paragraph(typeset(text))


def _teaser(item: Item) -> str:
    return sentences(item.text)[0]
