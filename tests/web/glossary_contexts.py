"""What the pages of the glossary are given, with words that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.glossary import GlossaryTerm
from atelier.model.ids import GlossaryTermId, PersonId
from atelier.workspace.glossary import Listing

_EVIL = "<script>alert('x')</script>"
_OVERRIDE = "facture\u202efdp.exe"
_AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)


def glossary_pages() -> dict[str, dict[str, object]]:
    """One term among many pages; a report with a line of each kind."""
    term = GlossaryTerm(GlossaryTermId(7), _EVIL, (_OVERRIDE, _EVIL), PersonId(9), _EVIL, _AT)
    return {
        "glossary/glossary.html": {
            "found": Listing((term,), 402, 2, may_change=True),
            "filter": _EVIL,
            "report": {
                "added": 1_200,
                "changed": 1,
                "same": 0,
                "refused": 1,
                "refused_lines": [(7, _EVIL, "Écrivez « terme = sens ».")],
            },
        },
        "glossary/term.html": {"term": term},
        "glossary/remove.html": {"term": term},
    }
