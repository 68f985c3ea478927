"""Messages: who wrote what to whom, the names of what is attached, and the messages within."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from atelier.extract import media_type as kinds
from atelier.extract.contract import PageKind
from atelier.extract.msg import unpacked_rtf
from atelier.model.documents import ReadState
from tests import samples_legacy as samples
from tests.extract.reading import parsed_here, text_of


def _mail(subject: str, body: str, *, html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Zoé <zoe@exemple.fr>", "b@exemple.fr"
    mail["Cc"], mail["Date"] = "c@exemple.fr", "Tue, 03 Mar 2026 09:15:00 +0100"
    mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def test_a_mail_is_one_page_with_its_fields_its_body_and_the_names_attached(
    tmp_path: Path,
) -> None:
    mail = _mail("Réunion d’équipe", "Bonjour à tous\n", html="<p>Bonjour <b>en HTML</b>")
    mail.add_attachment(b"motsecret", maintype="application", subtype="pdf", filename="Été.pdf")
    mail.add_attachment("motsecret", filename="note.txt")
    reading = parsed_here(mail.as_bytes(), "a.eml", tmp_path)
    assert (reading.state, reading.media_type) == (ReadState.OK, kinds.MAIL)
    assert (reading.page_kind, reading.page_count) == (PageKind.MESSAGE, 1)
    assert reading.pages[0].split("\n") == [
        "From: Zoé <zoe@exemple.fr>", "To: b@exemple.fr", "Cc: c@exemple.fr",
        "Date: Tue, 03 Mar 2026 09:15:00 +0100", "Subject: Réunion d’équipe", "",
        "Bonjour à tous", "", "[Été.pdf]", "[note.txt]",
    ]  # fmt: skip
    assert (reading.title, reading.author) == ("Réunion d’équipe", "Zoé <zoe@exemple.fr>")
    assert reading.written_at == "2026-03-03T08:15:00Z"


def test_a_mail_of_html_alone_shows_its_words_and_fetches_nothing(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["To"] = "a@b.fr", "x", "c@d.fr"
    mail.set_content("<style>motcache</style><p>Vu<img src='https://a.fr/x'>", subtype="html")
    assert parsed_here(mail.as_bytes(), "a.eml", tmp_path).pages[0].endswith("Vu")


def test_an_empty_plain_part_gives_way_to_the_html_one(tmp_path: Path) -> None:
    mail = _mail("x", " \n", html="<p>Le vrai texte")
    assert "Le vrai texte" in text_of(parsed_here(mail.as_bytes(), "a.eml", tmp_path))


def test_attached_mails_are_further_pages_in_order(tmp_path: Path) -> None:
    deepest, inner, mail = _mail("Trois", "corps 3"), _mail("Deux", "corps 2"), _mail("Un", "c 1")
    inner.add_attachment(deepest)
    mail.add_attachment(inner)
    mail.add_attachment(_mail("Quatre", "corps 4"))
    reading = parsed_here(mail.as_bytes(), "a.eml", tmp_path)
    subjects = [page.split("Subject: ")[1].split("\n")[0] for page in reading.pages]
    assert subjects == ["Un", "Deux", "Trois", "Quatre"]
    assert reading.title == "Un" and "corps 3" in reading.pages[2]


def test_bytes_in_an_unknown_or_untold_encoding_are_still_read(tmp_path: Path) -> None:
    start = b"From: a@b.fr\r\nTo: c@d.fr\r\nSubject: =?iso-8859-1?Q?=C9t=E9?=\r\n"
    kind = b"Content-Type: text/plain; charset=inconnu\r\n\r\n"
    for body in ("Équipe d’été".encode(), "Équipe d’été".encode("cp1252")):
        reading = parsed_here(start + kind + body, "a.eml", tmp_path)
        assert reading.pages[0].endswith("Équipe d’été")
        assert reading.title == "Été"


def test_a_mail_without_any_field_is_its_body(tmp_path: Path) -> None:
    reading = parsed_here(b"\nseulement un texte\n", "a.eml", tmp_path)
    assert (reading.state, reading.pages) == (ReadState.OK, ("seulement un texte",))
    assert reading.written_at == ""


def test_an_outlook_message_reads_like_a_mail(tmp_path: Path) -> None:
    inner = samples.message("Dedans", "texte du message joint")
    content = samples.outlook(
        "Convention", "Bonjour Zoé", sender="Ève Noël", to="Zoé", attachments=["plan d’été.pdf"],
        inner=inner,
    )  # fmt: skip
    reading = parsed_here(content, "a.msg", tmp_path)
    assert (reading.state, reading.media_type) == (ReadState.OK, kinds.MSG)
    assert reading.page_kind == PageKind.MESSAGE
    assert reading.pages == (
        "From: Ève Noël\nTo: Zoé\nDate: 2022-06-18 04:26 UTC\nSubject: Convention\n\nBonjour Zoé\n"
        "\n[plan d’été.pdf]",
        "Date: 2022-06-18 04:26 UTC\nSubject: Dedans\n\ntexte du message joint",
    )
    assert (reading.title, reading.author) == ("Convention", "Ève Noël")
    assert reading.written_at == "2022-06-18T04:26:40Z"


def test_an_outlook_message_without_plain_text_is_read_from_its_html_or_its_rtf(
    tmp_path: Path,
) -> None:
    html = samples.outlook("x", "", html="<p>Été <b>gras</b>".encode())
    rtf = samples.outlook("x", "", packed_rtf=samples.packed(rb"{\rtf1\ansi caf\'e9}"))
    assert parsed_here(html, "a.msg", tmp_path).pages[0].endswith("Été gras")
    assert parsed_here(rtf, "b.msg", tmp_path).pages[0].endswith("café")


def test_packed_rtf_is_unpacked_as_its_standard_says() -> None:
    # [MS-OXRTFCP] §4.1: the example of the standard, and one that refers to itself
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af320"
        "68656c090020627705b06c647d0a800fa0"
    )
    looping = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpacked_rtf(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(looping) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
