"""Whom the journeys play: people of the demonstration network, by what they may do."""

from __future__ import annotations

from typing import Final

STEWARD: Final = "yann.prigent@ville-argentan.example"
# Of « Contrat local de santé »; she wears two hats.
COORDINATOR: Final = "claire.duhamel@ville-argentan.example"
# Of « Addictions », three people with different roles, and one who is given nothing.
CHIEF: Final = "isabelle.quesnel@passerelle-sante.example"
CONTRIBUTOR: Final = "mehdi.saidi@passerelle-sante.example"
READER: Final = "thierry.gosselin@ch-pays-argentan.example"
OUTSIDER: Final = "martine.dufay@ehpad-tilleuls.example"
OUTSIDE: Final = "EHPAD Les Tilleuls"
