"""French words too common to search for. A word stands here as written, with its accents;
its unaccented spelling is added unless that is a word of its own."""

from __future__ import annotations

# What elision leaves before an apostrophe: it carries no meaning, and stays when people
# lose the apostrophe (« l eau », « l'eau »).
ELIDED = frozenset(
    ("l", "d", "qu", "j", "c", "n", "s", "m", "t", "lorsqu", "puisqu", "quoiqu", "jusqu")
)

_DETERMINERS = """
le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses
notre nos votre vos leur leurs quel quelle quels quelles
"""
_PRONOUNS = """
je tu il elle on nous vous ils elles me te se moi toi soi lui eux y en
qui que quoi dont où cela ça ceci celui celle ceux celles
"""
_LINKS = """
à dans par pour sur sous avec sans vers chez entre dès et ou ni mais donc car si
comme quand lorsque puisque quoique comment ainsi aussi très plus ne pas
"""
_VERBS = """
être est sont suis es sommes êtes était étaient sera seront serait seraient soit soient
étant avoir a ai as ont avons avez avait avaient aura auront aurait auraient ait aient ayant
"""

_WRITTEN = frozenset(f"{_DETERMINERS} {_PRONOUNS} {_LINKS} {_VERBS}".split())
_BARE = frozenset(("a", "ca", "ou", "tres", "etre", "etes", "etait", "etaient", "etant"))

STOP_WORDS = _WRITTEN | _BARE | ELIDED
