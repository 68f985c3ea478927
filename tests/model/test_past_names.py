"""What names of old files and folders say of meetings, read as people wrote them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.model.ids import DocumentId, FolderId
from atelier.model.meetings import Part
from atelier.model.past import MOST_FILES, Proposal, Standing, proposed
from atelier.model.past_names import Guess, guess, same_series

ODJ, CR, RD = Part.AGENDA, Part.MINUTES, Part.DECISIONS

# The name, the day or the month (2019, 3), the kind, the series.
SAID = [
    ("CR COPIL 2019-03-12.odt", "2019-03-12", CR, "Comité de pilotage"),
    ("PV du 12 mars 2019.pdf", "2019-03-12", CR, ""),
    ("ODJ réunion plénière 3 juin 2021.docx", "2021-06-03", ODJ, "Réunion plénière"),
    ("2020_11_05 compte-rendu santé mentale.doc", "2020-11-05", CR, "Santé mentale"),
    ("compte rendu comité de pilotage 12.03.19.odt", "2019-03-12", CR, "Comité de pilotage"),
    ("Convocation AG du 4 avril 2018.docx", "2018-04-04", None, "Assemblée générale"),
    ("diaporama COTECH 14-02-2020.pptx", "2020-02-14", None, "Comité technique"),
    ("relevé de décisions bureau 2022-01-18.odt", "2022-01-18", RD, "Bureau"),
    ("Relevé des conclusions du bureau du 9 sept. 2025.docx", "2025-09-09", RD, "Bureau"),
    ("releve-de-decisions_copil_2018-06-01.pdf", "2018-06-01", RD, "Comité de pilotage"),
    # As the demonstration has them.
    ("CR du comité de pilotage du 28 septembre 2021.pdf", "2021-09-28", CR, "Comité de pilotage"),
    ("PV plénière du 23 novembre 2021.pdf", "2021-11-23", CR, "Réunion plénière"),
    ("ODJ plénière 2021-03-16.docx", "2021-03-16", ODJ, "Réunion plénière"),
    ("Diaporama plénière 2021-03-16.pdf", "2021-03-16", None, "Réunion plénière"),
    ("Liste de présence 2021-11-23.pdf", "2021-11-23", None, ""),
    ("CR groupe santé mentale 2021-12-07.docx", "2021-12-07", CR, "Groupe santé mentale"),
    ("Compte rendu logement 2022-03-08.odt", "2022-03-08", CR, "Logement"),
    ("Compte rendu entretien ARS 2026-09-02.odt", "2026-09-02", CR, "Entretien ARS"),
    ("Relevé du bureau 2025-01-14.docx", "2025-01-14", None, "Relevé du bureau"),
    ("Modèle de compte rendu.odt", None, CR, "Modèle"),
    ("Contrat local de santé 2022-2026.pdf", None, None, "Contrat local de santé 2022-2026"),
    ("Bilan annuel 2021.pdf", None, None, "Bilan annuel 2021"),
    # As other people publish them.
    ("2019.03.27_CNAM_Possibilites_Appariement.pdf", "2019-03-27", None,
     "CNAM Possibilites Appariement"),
    ("20210429_ATIH_meetup8.pdf", "2021-04-29", None, "ATIH meetup8"),
    ("2019-06_CNAM_Fiches.pdf", (2019, 6), None, "CNAM Fiches"),
    ("2019_ARSIF_Numero.docx", None, None, "2019 ARSIF Numero"),
    ("2020-03-30_HDH_Cheatsheet.pptx.zip", "2020-03-30", None, "HDH Cheatsheet"),
    # Ways of writing a day.
    ("CR 12/03/2019", "2019-03-12", CR, ""),
    ("CR 12-03-2019.pdf", "2019-03-12", CR, ""),
    ("CR 12.03.2019.pdf", "2019-03-12", CR, ""),
    ("CR 12 03 2019.pdf", "2019-03-12", CR, ""),
    ("CR 1-3-19.pdf", "2019-03-01", CR, ""),
    ("CR 04-05-2020.pdf", "2020-05-04", CR, ""),
    ("CR 05-13-2020.pdf", None, CR, ""),
    ("CR_COPIL_20190312_VF.doc", "2019-03-12", CR, "Comité de pilotage"),
    ("CR COPIL 12032019.doc", "2019-03-12", CR, "Comité de pilotage"),
    ("CR du 1er juin 2020.odt", "2020-06-01", CR, ""),
    ("CR du 1 er juin 2020.odt", "2020-06-01", CR, ""),
    ("CR 3 févr 2016.odt", "2016-02-03", CR, ""),
    ("CR 3 fevrier 2016.odt", "2016-02-03", CR, ""),
    ("CR 3 FÉVRIER 2016.odt", "2016-02-03", CR, ""),
    ("CR 15 déc. 2017.odt", "2017-12-15", CR, ""),
    ("CR 15 dec 17.odt", "2017-12-15", CR, ""),
    ("CR 15 août 2017.odt", "2017-08-15", CR, ""),
    ("CR 15aout2017.odt", "2017-08-15", CR, ""),
    ("CR_15_janv_2017.odt", "2017-01-15", CR, ""),
    ("CR 7 juillet 1998.odt", "1998-07-07", CR, ""),
    ("CR 07.07.98.odt", "1998-07-07", CR, ""),
    ("CR 07.07.68.odt", "2068-07-07", CR, ""),
    ("PV AG 12 et 13 juin 2015.pdf", "2015-06-12", CR, "Assemblée générale"),
    ("CR du 29 février 2020.odt", "2020-02-29", CR, ""),
    # Days that never were are none, and the month beside them is none either.
    ("CR réunion du 31 février 2019.pdf", None, CR, ""),
    ("CR du 29 février 2019.odt", None, CR, ""),
    ("CR 2019-13-45.odt", None, CR, ""),
    ("CR 32.01.2019.odt", None, CR, ""),
    ("CR 0000-01-01.odt", None, CR, ""),
    # The month only.
    ("CR COPIL mars 2019.pdf", (2019, 3), CR, "Comité de pilotage"),
    ("Réunion du groupe d'appui mai 2019", (2019, 5), None, "Groupe d'appui"),
    ("2019-03 CR bureau.odt", (2019, 3), CR, "Bureau"),
    ("CR bureau 03-2019.odt", (2019, 3), CR, "Bureau"),
    # Words that are of the paper and not of the meeting.
    ("mardi 12 mars 2019 - groupe mobilité - projet de CR (2).odt", "2019-03-12", CR,
     "Groupe mobilité"),
    ("CR n° 3 GT Habitat 1-2-21.odt", "2021-02-01", CR, "Groupe de travail Habitat"),
    ("Annexe 2 CR COPIL 12.03.2019.xlsx", "2019-03-12", None, "Comité de pilotage"),
    ("Procès-verbal du conseil d'administration du 5-02-2016.pdf", "2016-02-05", CR,
     "Conseil d'administration"),
    ("PV CA 05.02.2016.pdf", "2016-02-05", CR, "Conseil d'administration"),
    ("O.D.J. CODIR 05.02.2016.pdf", "2016-02-05", ODJ, "Comité de direction"),
    ("Ordre du jour de la séance du 5 février 2016.pdf", "2016-02-05", ODJ, ""),
    ("Convocation et ordre du jour 5 février 2016.pdf", "2016-02-05", ODJ, ""),
    ("Feuille d’émargement COPIL 5 février 2016.pdf", "2016-02-05", None, "Comité de pilotage"),
    ("Réunion du bureau – 5 février 2016", "2016-02-05", None, "Bureau"),
    ("Crise du 5 février 2016.pdf", "2016-02-05", None, "Crise"),
    ("Budget v1.2.19.ods", None, None, "Budget"),
    ("2021", None, None, "2021"),
    ("", None, None, ""),
    ("...", None, None, ""),
    ("IMG_0231.jpg", None, None, "IMG 0231"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "when", "part", "series"), SAID, ids=[one[0] for one in SAID])
def test_a_name_says_what_a_reader_would_take_from_it(
    name: str, when: str | tuple[int, int] | None, part: Part | None, series: str
) -> None:
    said = guess(name)
    assert (said.day.isoformat() if said.day else said.month) == when
    assert (said.part, said.series) == (part, series)


def test_only_a_day_beside_a_word_of_meetings_is_sure() -> None:
    assert guess("CR COPIL 2019-03-12.odt").is_sure
    assert guess("Réunion 12 mars 2019", is_folder=True).is_sure
    assert not guess("CR COPIL mars 2019.odt").is_sure
    assert not guess("Facture 2019-03-12.pdf").is_sure
    assert guess("Facture 2019-03-12.pdf").is_dated
    assert not guess("CR COPIL.odt").is_dated


def test_a_day_that_never_was_is_told_as_it_is_written_and_numbers_are_not() -> None:
    for name, written in (
        ("PV du 31 février 2019.pdf", "31 février 2019"),
        ("CR COPIL 2019-02-30.odt", "2019-02-30"),
        ("CR COPIL 31.06.2019.odt", "31.06.2019"),
        ("Facture 99999999.pdf", ""),
        ("CR COPIL 12.34.2019.odt", ""),
        ("CR COPIL 12.03.2019.odt", ""),
    ):
        said = guess(name)
        assert said.impossible == written
        assert not written or (said.day is None and said.is_dated and not said.is_sure)


def test_a_folder_keeps_what_would_be_an_ending_of_a_file() -> None:
    assert guess("COPIL 12.mars", is_folder=True).series.endswith("mars")
    assert guess("Réunion du 12.03.2019", is_folder=True).day == date(2019, 3, 12)


def test_series_are_the_same_whatever_case_accents_and_dashes() -> None:
    assert same_series("Santé-Mentale") == same_series("sante mentale")
    assert same_series("Santé mentale") != same_series("Santé")


@given(st.text(max_size=400), st.booleans())
def test_no_name_is_too_odd(name: str, is_folder: bool) -> None:
    said = guess(name, is_folder=is_folder)
    assert said.day is None or said.month is None
    assert said.series == said.series.strip()


KINDS = {
    "CR": CR, "PV": CR, "Compte rendu": CR, "compte-rendu": CR, "ODJ": ODJ,
    "Ordre du jour": ODJ, "Relevé de décisions": RD, "diaporama": None, "Convocation": None,
}  # fmt: skip
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
WAYS: dict[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "underlined": lambda day: day.isoformat().replace("-", "_"),
    "compact": lambda day: day.strftime("%Y%m%d"),
    "dots": lambda day: day.strftime("%d.%m.%Y"),
    "dashes": lambda day: day.strftime("%d-%m-%Y"),
    "words": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
}


@given(
    kind=st.sampled_from(sorted(KINDS)),
    series=st.sampled_from(["Groupe mobilité", "Bureau", "Comité de pilotage", "Santé mentale"]),
    day=st.dates(date(1950, 1, 1), date(2100, 12, 31)),
    way=st.sampled_from(sorted(WAYS)),
    order=st.permutations(range(3)),
    between=st.sampled_from([" ", " - ", "_", " – "]),
)
def test_a_name_made_of_a_kind_a_series_and_a_day_is_read_back(
    kind: str, series: str, day: date, way: str, order: list[int], between: str
) -> None:
    parts = (kind, series, WAYS[way](day))
    said = guess(between.join(parts[at] for at in order) + ".odt")
    assert said == Guess(day, None, KINDS[kind], series, says_meeting=True)


def test_files_of_one_day_and_series_make_one_meeting_with_what_names_none() -> None:
    found = _proposed(
        "CR COPIL 2019-03-12.odt",
        "ODJ Copil 12 mars 2019.odt",
        "Budget 2019-03-12.ods",
        "Liste de présence 2019-03-12.pdf",
    )
    (meeting,) = found
    assert (meeting.day, meeting.series) == (date(2019, 3, 12), "Comité de pilotage")
    assert [paper.part for paper in meeting.papers] == [CR, ODJ, None, None]


def test_two_series_on_one_day_are_two_meetings_and_the_rest_is_by_itself() -> None:
    found = _proposed(
        "CR COPIL 2019-03-12.odt",
        "CR bureau 2019-03-12.odt",
        "Budget 2019-03-12.ods",
    )
    assert {one.title: one.is_sure for one in found} == {
        "Comité de pilotage": True,
        "Bureau": True,
        "Budget": False,
    }


def test_a_day_and_its_month_are_not_one_meeting() -> None:
    found = _proposed("CR COPIL 2019-03-12.odt", "ODJ COPIL mars 2019.odt")
    assert [(one.day, one.month, one.is_sure) for one in found] == [
        (date(2019, 3, 12), None, True),
        (None, (2019, 3), False),
    ]


def test_of_one_day_no_more_files_are_taken_than_a_page_may_send() -> None:
    (meeting,) = _proposed(*(f"Pièce {n} 2019-03-12.pdf" for n in range(3)), "CR 2019-03-12.pdf")
    assert len(meeting.papers) == 4
    found = _proposed(*(f"CR 2019-03-12 v{n}.pdf" for n in range(MOST_FILES + 5)))
    assert [len(one.papers) for one in found] == [MOST_FILES]


def test_dated_folders_stay_whole_and_undated_names_are_left() -> None:
    inside = {FolderId(2): [Standing(DocumentId(9), "Compte rendu.odt", 1)]}
    folders = {FolderId(2): "Bureau 2020-05-04", FolderId(3): "2021"}
    found = proposed(folders, inside, _standing("Notes.odt"), untitled="Réunion")
    (meeting,) = found.meetings
    assert meeting.folder == (2, "Bureau 2020-05-04")
    assert [(paper.document.name, paper.part) for paper in meeting.papers] == [
        ("Compte rendu.odt", CR)
    ]
    assert found.folders_left == ((3, "2021"),)
    assert [one.name for one in found.files_left] == ["Notes.odt"]


def _proposed(*files: str) -> tuple[Proposal, ...]:
    return proposed({}, {}, _standing(*files), untitled="Réunion").meetings


def _standing(*files: str) -> list[Standing]:
    return [Standing(DocumentId(number), name, 1) for number, name in enumerate(files, 1)]
