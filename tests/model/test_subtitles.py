"""Subtitles as browsers take them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from atelier.model.subtitles import decoded, names, vtt

SRT = """1
00:00:01,000 --> 00:00:02,500
Bonjour à <i>tous</i>.
{\\an8}Deux lignes.

2
00:01:05,25 --> 1:00:06,7  X1:10
<script>alert(1)</script> & <b>non</b>
"""


def test_subrip_becomes_cues_with_points_and_only_the_marks_that_browsers_know() -> None:
    assert vtt(SRT) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:02.500\nBonjour à <i>tous</i>.\nDeux lignes.\n\n"
        "00:01:05.250 --> 01:00:06.700\n"
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>non</b>\n\n"
    )


def test_webvtt_stays_as_it_is_but_for_its_line_ends() -> None:
    assert vtt("WEBVTT - séance\r\n\r\n00:01.000 --> 00:02.000\r\nMot\r\n") == (
        "WEBVTT - séance\n\n00:01.000 --> 00:02.000\nMot\n"
    )


def test_cues_that_touch_empty_ones_and_what_stands_outside_are_told_apart() -> None:
    text = (
        "avant\n00:00:01,000 --> 00:00:02,000\nun\n00:00:02,000 --> 00:00:03,000\n\nperdu\n"
        "00:00:99,000 --> 00:00:03,000\nfaux\n"
    )
    assert vtt(text) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nun\n\n00:00:02.000 --> 00:00:03.000\n\n"
    )


def test_the_writing_is_found_by_its_mark_or_its_letters() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert decoded("déjà là".encode(encoding)) == "déjà là"
    assert decoded(b"\x81") == "\ufffd"


def test_subtitles_of_a_film_bear_its_name_perhaps_with_their_language() -> None:
    assert names("séance.2026.mp4") == (
        ("séance.2026.vtt", ""), ("séance.2026.fr.vtt", "fr"), ("séance.2026.en.vtt", "en"),
        ("séance.2026.srt", ""), ("séance.2026.fr.srt", "fr"), ("séance.2026.en.srt", "en"),
    )  # fmt: skip
    assert names("film")[0] == ("film.vtt", "")


@given(st.text(alphabet="01:,->< \n\r\tabc&\x00é{}\\", max_size=300))
def test_whatever_is_written_no_cue_runs_into_another(text: str) -> None:
    found = vtt(text)
    assert found.startswith("WEBVTT") and "\x00" not in found
    if not text.startswith("WEBVTT"):
        for cue in found.removeprefix("WEBVTT\n\n").split("\n\n")[:-1]:
            assert " --> " in cue.split("\n")[0]
            assert all("-->" not in line for line in cue.split("\n")[1:])
