"""What an act does to who may do what, said a second time, without the product's code.

Whether the act is allowed is not asked here: only what follows when it was done.
"""

from __future__ import annotations

from datetime import date

from tests.oracle import CARRIES, Grant, Network, Place

MARIE = 1  # the number of the steward who founded the network


def grant_on(net: Network, folder: int, subject: tuple[str, int]) -> Grant | None:
    """The one grant of a subject on a folder."""
    found = [one for one in net.grants if (one.folder, one.subject) == (folder, subject)]
    return found[0] if found else None


def put(net: Network, given: Grant) -> None:
    """A subject has one grant on a folder: the last one that was given."""
    net.grants = [
        one for one in net.grants if (one.folder, one.subject) != (given.folder, given.subject)
    ] + [given]


def appoint(net: Network, folder: int, person: int) -> None:
    """She coordinates the folder for good."""
    put(net, Grant(folder, ("person", person), "coordinator", None))


def make(net: Network, folder: int, parent: int | None, maker: int, *, closed: bool) -> None:
    """A folder stands there; who made one that inherits nothing coordinates it."""
    net.parents[folder] = parent
    if closed:
        net.closed.add(folder)
    if closed or parent is None:
        appoint(net, folder, maker)


def below(net: Network, top: int, *, inheriting: bool = False) -> set[int]:
    """The folder and all that stands under it, or only what inherits on the whole way."""
    found = {top}
    for _ in net.parents:
        found |= {
            one for one, above in net.parents.items()
            if above in found and not (inheriting and one in net.closed)
        }  # fmt: skip
    return found


def purge_folder(net: Network, folder: int) -> set[int]:
    """It ends with what inherits from it; closed folders come to stand where it stood."""
    ended = below(net, folder, inheriting=True)
    for one, above in net.parents.items():
        if above in ended and one not in ended:
            net.parents[one] = net.parents[folder]
    for one in ended:
        del net.parents[one]
    net.closed -= ended
    net.removed -= ended
    net.grants = [one for one in net.grants if one.folder not in ended]
    return ended


def end_organisation(net: Network, organisation: int, last_day: date) -> None:
    """It leaves after that day, and none of its grants lasts longer."""
    net.ended[organisation] = last_day
    for one in net.grants:
        if one.subject == ("organisation", organisation):
            one.until = min(one.until or last_day, last_day)


def merge(net: Network, organisation: int, into: int) -> None:
    """Its people and its grants of today go to the other; its last day is today."""
    for person, places in net.places.items():
        brought = [one for one in places if one.organisation == organisation]
        here = [one for one in places if one.organisation == into]
        if brought and here:
            net.places[person] = [one for one in places if one is not brought[0]]
            _unite(net, here[0], brought[0])
        for one in brought:
            one.organisation = into
    for grant in net.valid():
        if grant.subject == ("organisation", organisation):
            _bring(net, grant, ("organisation", into))
    net.ended[organisation] = net.today


def _bring(net: Network, brought: Grant, subject: tuple[str, int]) -> None:
    net.grants.remove(brought)
    own = grant_on(net, brought.folder, subject)
    is_stronger = own is None or (_covers(brought, own) and not _covers(own, brought))
    if own in net.valid() and not is_stronger:
        return
    put(net, Grant(brought.folder, subject, brought.role, brought.until))


def _covers(one: Grant, other: Grant) -> bool:
    lasts = one.until is None or (other.until is not None and other.until <= one.until)
    return lasts and CARRIES[other.role] <= CARRIES[one.role]


def _unite(net: Network, here: Place, brought: Place) -> None:
    """Two places of one person become the first one; seats of one that is over do not revive."""
    over = {one.membership for one in (here, brought) if is_over(net, one)}
    for seats in net.seats.values():
        if len(over) == 1:
            seats.pop(next(iter(over)), None)
        if brought.membership in seats:
            seats[here.membership] = seats.pop(brought.membership) or seats.get(
                here.membership, False
            )
    going_on = [one for one in (here, brought) if one.membership not in over]
    here.represents = any(one.represents for one in going_on or (here, brought))
    dated = [here, brought]
    if len(going_on) == 1 and going_on[0].starts and going_on[0].starts > net.today:
        dated = going_on
    starts = [one.starts for one in dated if one.starts]
    ends = [one.ends for one in dated if one.ends]
    here.starts = min(starts) if len(starts) == len(dated) else None
    here.ends = max(ends) if len(ends) == len(dated) else None


def is_over(net: Network, place: Place) -> bool:
    """Whether its last day is past."""
    return place.ends is not None and place.ends < net.today


def give_place(net: Network, person: int, given: Place) -> None:
    """A place, or the one back that she had there, without the seats it had."""
    for place in net.places[person]:
        if place.organisation == given.organisation:
            place.starts, place.ends = given.starts or net.today, given.ends
            place.represents = given.represents
            unseat(net, place.membership)
            return
    net.places[person].append(given)


def unseat(net: Network, membership: int) -> None:
    """That place sits in no group any more."""
    for seats in net.seats.values():
        seats.pop(membership, None)
