"""Random papers in a random network, in memory and as rows with their kept texts.

Words have no inflection and no two are spelled nearly alike, so that what answers can be
told without knowing French.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from atelier.database import documents as records
from atelier.database import entries
from atelier.database import reading as readings
from atelier.database.engine import Transaction
from atelier.extract.contract import PageKind, Reading
from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from atelier.workspace.documents import text_key
from atelier.workspace.place import Workspace
from tests.oracle import Network

WORDS = ("xylo", "kiwi", "zebu", "judo", "kapok", "tofu", "kimono")
KINDS = {
    "application/pdf": "pdf",
    "text/plain": "text",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
    "image/png": "image",
}
# Some are in another year in Paris than in UTC.
MOMENTS = tuple(
    datetime(*at, tzinfo=UTC)
    for at in (
        (2022, 12, 31, 22, 59),
        (2022, 12, 31, 23, 30),
        (2023, 5, 31, 22, 30),
        (2023, 6, 1, 9, 0),
        (2024, 2, 29, 12, 0),
        (2024, 12, 31, 23, 0),
        (2025, 7, 14, 8, 0),
    )
)


@dataclass(frozen=True)
class Said:
    """One version: its pages in words, who deposited it, for whom, when, as what."""

    pages: tuple[tuple[str, ...], ...]
    author: int
    organisation: int | None
    at: datetime
    media_type: str

    @property
    def words(self) -> list[str]:
        """The words of all pages, one after the other."""
        return [word for page in self.pages for word in page]


@dataclass
class Paper:
    """A document: where it stands, its name in words, its versions from the first on."""

    document: int
    folder: int
    name: tuple[str, ...]
    versions: list[Said] = field(default_factory=list)
    is_removed: bool = False

    @property
    def current(self) -> Said:
        """The newest version."""
        return self.versions[-1]

    @property
    def older(self) -> list[str]:
        """What older versions said otherwise, newest first, each thing once."""
        told = [self.current.pages]
        for version in reversed(self.versions[:-1]):
            if version.pages not in told:
                told.append(version.pages)
        return [word for pages in told[1:] for page in pages for word in page]


def papers(chance: random.Random, net: Network, count: int) -> list[Paper]:
    """So many papers in the folders of a network."""
    return [_paper(chance, net, number) for number in range(1, count + 1)]


def _paper(chance: random.Random, net: Network, number: int) -> Paper:
    name = (*chance.sample(WORDS, chance.choice((0, 0, 1, 2))), f"n{number}")
    paper = Paper(number, chance.choice(list(net.parents)), name)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        paper.versions.append(_said(chance, net))
    return paper


def _said(chance: random.Random, net: Network) -> Said:
    pages = tuple(
        tuple(chance.choices(WORDS, weights=(1, 9, 3, 3, 2, 2, 1), k=chance.randint(1, 4)))
        for _ in range(chance.randint(1, 3))
    )
    organisation = chance.choice([None, *sorted(net.organisations)])
    kind = chance.choice(list(KINDS))
    return Said(pages, chance.choice(list(net.places)), organisation, chance.choice(MOMENTS), kind)


async def deposit(ws: Workspace, paper: Paper) -> None:
    """The paper as rows, its texts as they are kept, and word of it to the index."""

    async def unit(tx: Transaction) -> list[tuple[int, str, Said]]:
        folder, name = FolderId(paper.folder), " ".join(paper.name)
        kept: list[tuple[int, str, Said]] = []
        for number, said in enumerate(paper.versions, 1):
            new = _row(paper, said)
            if number == 1:
                document, version = await records.add(tx, folder, name, new)
                assert document == paper.document
            else:
                version = await records.revise(tx, document, number, new)
            read = readings.ReadRow(
                ReadState.OK, "", said.media_type, PageKind.PAGE, len(said.pages), "fr", 1
            )
            await readings.keep(tx, version, read)
            kept.append((version, new.sha256, said))
        await entries.note(tx, document)
        return kept

    for version, sha256, said in await ws.db.write(unit):
        pages = tuple(" ".join(page) for page in said.pages)
        reading = Reading(ReadState.OK, said.media_type, PageKind.PAGE, pages, language="fr")
        await ws.texts.put(text_key(version, sha256), msgspec.msgpack.encode(reading))


def _row(paper: Paper, said: Said) -> records.NewVersion:
    # Equal texts are equal bytes.
    digest = hashlib.sha256(f"{paper.document} {said.pages}".encode()).hexdigest()
    hat = None if said.organisation is None else OrganisationId(said.organisation)
    return records.NewVersion(digest, 1, said.media_type, PersonId(said.author), hat, "", said.at)


async def remove(ws: Workspace, paper: Paper) -> None:
    """Put the paper into the trash."""
    paper.is_removed = True

    async def unit(tx: Transaction) -> None:
        await tx.run("UPDATE documents SET removed_at = 1 WHERE id = :id", id=paper.document)
        await entries.note(tx, DocumentId(paper.document))

    await ws.db.write(unit)


async def move(ws: Workspace, paper: Paper, folder: int) -> None:
    """Have the paper stand elsewhere."""
    paper.folder = folder

    async def unit(tx: Transaction) -> None:
        await records.move(tx, DocumentId(paper.document), FolderId(folder))
        await entries.note(tx, DocumentId(paper.document))

    await ws.db.write(unit)
