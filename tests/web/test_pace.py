"""When a connection is too slow, and when an address holds too many."""

from __future__ import annotations

from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from atelier.web.pace import Crowd, Meter, ServerLimits

LIMITS = ServerLimits()


def meter() -> Meter:
    fresh = Meter(LIMITS, 30)
    fresh.restart(1_000, 0)
    return fresh


def test_silence_is_borne_for_the_gap_and_no_longer() -> None:
    flow = meter()
    assert not flow.is_stalled(1_029, 0)
    assert not flow.is_stalled(1_029.5, 1)
    assert not flow.is_stalled(1_059, 1)
    assert flow.is_stalled(1_059.5, 1)


def test_a_trickle_is_borne_for_a_minute_and_no_longer() -> None:
    trickle, enough = meter(), meter()
    for second in range(1, 60):
        assert not trickle.is_stalled(1_000 + second, second)
        assert not enough.is_stalled(1_000 + second, second * 1024)
    assert trickle.is_stalled(1_060, 60)
    assert not enough.is_stalled(1_060, 60 * 1024)


def test_time_that_was_ours_is_forgiven() -> None:
    flow = meter()
    flow.restart(1_029, 0)
    assert not flow.is_stalled(1_058, 0)
    assert flow.is_stalled(1_059, 0)


@given(st.lists(st.integers(1024, 10**6), min_size=1, max_size=300))
def test_whoever_keeps_the_floor_is_never_given_up(flows: list[int]) -> None:
    flow, count = meter(), 0
    for second, size in enumerate(flows, 1):
        count += size
        assert not flow.is_stalled(1_000 + second, count)


def test_an_address_holds_so_many_connections_and_one_more_once_one_ends() -> None:
    crowd = Crowd(2)
    assert crowd.enter("203.0.113.1") and crowd.enter("203.0.113.1")
    assert not crowd.enter("203.0.113.1")
    assert crowd.enter("203.0.113.2")
    crowd.leave("203.0.113.1")
    assert crowd.enter("203.0.113.1") and not crowd.enter("203.0.113.1")


def test_a_subscribers_many_addresses_are_one() -> None:
    crowd = Crowd(1)
    assert crowd.enter("2001:db8::1") and not crowd.enter("2001:db8::2")
    assert crowd.enter("2001:db8:0:1::1")
    assert crowd.enter("::ffff:203.0.113.1") and not crowd.enter("203.0.113.1")


def test_a_listed_proxy_speaks_for_many() -> None:
    crowd = Crowd(1, (ip_network("10.0.0.0/8"),))
    assert all(crowd.enter("10.0.0.1") for _ in range(100))
    crowd.leave("10.0.0.1")
    assert crowd.enter("203.0.113.1") and not crowd.enter("203.0.113.1")
    assert crowd.enter("") and not crowd.enter("")
