"""The SMTP engine against a real server: what becomes of a letter, whatever the server does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from atelier.model.letters import Letter, LetterFault
from atelier.post.contract import Answer, Fate, NoPost
from atelier.post.credentials import Credentials
from atelier.post.smtp import MAX_SAID_CHARACTERS, Patience, SmtpPost
from atelier.settings import Mail
from tests.post.mail_server import PASSWORD, USER, Mailbox, certificate, mail_server

MESSAGE = b"From: a@reseau.example\r\nTo: ada@mairie.example\r\nSubject: Essai\r\n\r\n.Bonjour.\r\n"
ADA = "ada@mairie.example"
CALM = Patience(answer=20, taking=20, rest=60)
SHORT = Patience(answer=0.3, taking=0.3, rest=60)


class Giving:
    """Counts how often the message is asked for."""

    def __init__(self, message: bytes | None = MESSAGE) -> None:
        self.message = message
        self.times = 0

    async def __call__(self) -> bytes | None:
        self.times += 1
        return self.message


def said_nothing(letter: Letter) -> bytes:
    return b""


def post_at(
    port: int,
    *,
    security: str = "none",
    shown: Credentials | None = None,
    patience: Patience = CALM,
    clock: Callable[[], float] = lambda: 0.0,
) -> SmtpPost:
    mail = Mail(server="localhost", port=port, security=security, sender="a@reseau.example")
    return SmtpPost(mail, said_nothing, credentials=shown, patience=patience, clock=clock)


def sent(
    box: Mailbox, to: str = ADA, giving: Giving | None = None, patience: Patience = CALM
) -> Answer:
    """What becomes of one letter at a server of this kind."""

    async def story() -> Answer:
        async with mail_server(box) as port:
            return await post_at(port, patience=patience).send(to, giving or Giving())

    return asyncio.run(story())


def test_a_letter_is_taken_whole() -> None:
    box = Mailbox()
    assert sent(box) == Answer(Fate.TAKEN, "250 taken")
    assert box.raw == [MESSAGE]


def test_an_unknown_address_is_refused_before_anything_is_given() -> None:
    box, giving = Mailbox(refused={ADA: "550 5.1.1 No such\tuser"}), Giving()
    assert sent(box, giving=giving) == Answer(Fate.REFUSED, "550 5.1.1 No such user")
    assert giving.times == 0
    assert box.messages == []


def test_an_address_that_is_greylisted_is_tried_later() -> None:
    giving = Giving()
    answer = sent(Mailbox(refused={ADA: "451 come back later"}), giving=giving)
    assert answer == Answer(Fate.LATER, "451 come back later")
    assert giving.times == 0


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("451 too busy", Fate.LATER),
        ("554 looks like spam", Fate.REFUSED),
        ("399 what", Fate.UNSURE),
    ],
)
def test_what_the_server_says_of_the_message_decides(said: str, fate: Fate) -> None:
    assert sent(Mailbox(answers=[said])) == Answer(fate, said)


def test_a_server_that_dies_with_the_message_leaves_it_unsure() -> None:
    box = Mailbox(dies=True)
    assert sent(box).fate is Fate.UNSURE
    assert len(box.messages) == 1


def test_a_server_that_hangs_before_the_message_is_tried_later_and_after_it_unsure() -> None:
    giving = Giving()
    assert sent(Mailbox(waits_at="RCPT"), giving=giving, patience=SHORT).fate is Fate.LATER
    assert giving.times == 0
    assert sent(Mailbox(waits_at="DATA"), giving=giving, patience=SHORT).fate is Fate.UNSURE
    assert giving.times == 1


def test_a_letter_that_is_kept_in_the_end_is_not_sent() -> None:
    box = Mailbox()
    assert sent(box, giving=Giving(None)) == Answer(Fate.KEPT)
    assert box.messages == []


def test_a_server_that_is_down_is_left_alone_for_a_while() -> None:
    now = 0.0

    async def story() -> None:
        nonlocal now
        box = Mailbox()
        async with mail_server(box) as port:
            pass
        post = post_at(port, clock=lambda: now)
        first = await post.send(ADA, Giving())
        assert first.fate is Fate.LATER
        assert first.said
        async with mail_server(box, port=port):
            assert await post.send(ADA, Giving()) == first
            now = CALM.rest
            assert (await post.send(ADA, Giving())).fate is Fate.TAKEN
        assert len(box.messages) == 1

    asyncio.run(story())


@pytest.mark.parametrize("from_first_byte", [False, True])
def test_the_way_is_encrypted_and_the_certificate_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_first_byte: bool
) -> None:
    box, shown = Mailbox(), certificate(tmp_path)
    security = "tls" if from_first_byte else "starttls"

    async def story(shown_too: Credentials) -> Answer:
        async with mail_server(
            box, shown=shown, from_first_byte=from_first_byte, asks_who=True
        ) as port:
            return await post_at(port, security=security, shown=shown_too).send(ADA, Giving())

    stranger = asyncio.run(story(Credentials(USER, PASSWORD)))
    assert stranger.fate is Fate.LATER
    assert "certificate" in stranger.said.lower()
    assert box.users == []
    monkeypatch.setenv("SSL_CERT_FILE", str(shown.path))
    assert asyncio.run(story(Credentials(USER, PASSWORD))).fate is Fate.TAKEN
    assert box.users == [USER]
    wrong = asyncio.run(story(Credentials(USER, "autre chose")))
    assert wrong.fate is Fate.LATER
    assert wrong.said.startswith("535")
    assert "autre chose" not in wrong.said
    assert len(box.messages) == 1


def test_nothing_goes_in_clear_to_a_server_that_offers_no_encryption() -> None:
    box = Mailbox()

    async def story() -> Answer:
        async with mail_server(box) as port:
            post = post_at(port, security="starttls", shown=Credentials(USER, PASSWORD))
            return await post.send(ADA, Giving())

    assert asyncio.run(story()).fate is Fate.LATER
    assert box.messages == []
    assert box.users == []


@pytest.mark.parametrize(
    "address",
    ["aïda@mairie.example", "ada", "a b@mairie.example", "ada@x\r\nDATA", "<ada@x>", "@x", "a@"],
)
def test_an_address_that_no_server_takes_is_refused_without_asking_one(address: str) -> None:
    giving = Giving()
    assert sent(Mailbox(), address, giving) == Answer(Fate.REFUSED, LetterFault.ADDRESS)
    assert giving.times == 0


def test_a_host_with_accents_is_written_as_servers_take_it() -> None:
    box = Mailbox(refused={"ada@xn--hpital-ixa.example": "550 seen"})
    assert sent(box, "ada@hôpital.example").said == "550 seen"


def test_an_answer_is_one_short_line_and_never_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = sent(Mailbox(refused={ADA: "550 " + "x" * 400}))
    assert len(long.said) == MAX_SAID_CHARACTERS

    shown = Credentials("x", "mot-de-passe")
    assert "mot-de-passe" not in repr(shown)

    async def story() -> Answer:
        box = Mailbox(accounts={"x": "mot-de-passe"}, refused={ADA: "550 mot-de-passe"})
        async with mail_server(box, shown=certificate(tmp_path), asks_who=True) as port:
            return await post_at(port, security="starttls", shown=shown).send(ADA, Giving())

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    assert asyncio.run(story()).said == "550 …"


def test_without_a_server_nothing_is_given() -> None:
    giving = Giving()
    assert asyncio.run(NoPost().send(ADA, giving)) == Answer(Fate.LATER)
    assert giving.times == 0
