"""How much work one search may still do, counted: the same question always gets as far.

The unit is a character looked at for one word, some 12 ns.
"""

from __future__ import annotations

from atelier.search import french

# Half a second of a search: what it cuts, compares and looks through, its index apart.
SEARCH = 50_000_000

# What a word costs that is taken apart, in units; and how many bytes of a text cost one that
# are unpacked and decoded (3.5 to 6 ns a byte).
TOKEN = 200
LOADED = 3

_ANALYSED = 12
_LEARNT = 80


class Effort:
    """Work that is left, for all parts of one search together; never below nothing."""

    def __init__(self, left: int = SEARCH, above: Effort | None = None) -> None:
        self.left = left
        self._above = above

    def take(self, cost: int) -> bool:
        """Whether there is as much; then it is taken, else nothing is."""
        if cost > self.left:
            return False
        self.spend(cost)
        return True

    def spend(self, cost: int) -> None:
        """Take what was done already, as far as there is as much."""
        one: Effort | None = self
        while one is not None:
            one.left = one.left - cost if one.left > cost else 0
            one = one._above

    def part(self, of: int) -> Effort:
        """The first of so many equal parts; what it leaves is there for the next ones."""
        return Effort(self.left // of, self)


def of_analysis(text: str) -> int:
    """What `french.streams` costs for this text; most of it for words it has not met."""
    return _ANALYSED * len(text) + _LEARNT * french.unlearnt(text)
