"""The public URL and what follows from it."""

from __future__ import annotations

import pytest

from atelier.web.site import Site


def test_a_site_answers_to_its_own_name_only() -> None:
    site = Site.of("https://Docs.Example.org/")
    assert site.url == "https://docs.example.org"
    assert site.is_https
    assert site.hosts == {b"docs.example.org", b"docs.example.org:443"}
    assert b"https://docs.example.org" in site.origins
    assert b"http://docs.example.org" not in site.origins


def test_on_loopback_the_three_names_with_the_port_are_one_site() -> None:
    site = Site.of("http://localhost:8000")
    assert not site.is_https
    assert site.hosts == {b"localhost:8000", b"127.0.0.1:8000", b"[::1]:8000"}
    assert site.origins == {b"http://" + host for host in site.hosts}


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "https://", "https://x/path", "https://x?q", "https://me@x", "x:80"]
)
def test_what_is_no_address_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Site.of(url)
