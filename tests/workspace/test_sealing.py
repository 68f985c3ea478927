"""Keys of backups: what one half encrypts the other opens, and no failure on the way is lost."""

from __future__ import annotations

import io

import pytest

from atelier.errors import CopyRefused, NoRoom
from atelier.workspace import sealing

SIZES = (0, 10, 65_536, 70_000, 200_000)


class Failing:
    """A sink whose write number `at` fails, or a source whose read does."""

    def __init__(self, at: int, content: bytes = b"") -> None:
        self.count = 0
        self.taken = bytearray()
        self._at = at
        self._content = io.BytesIO(content)

    def write(self, piece: bytes) -> int:
        """Take them, or fail."""
        self._fail()
        self.taken += piece
        return len(piece)

    def read(self, length: int = -1) -> bytes:
        """Give them, or fail."""
        self._fail()
        return self._content.read(length)

    def _fail(self) -> None:
        self.count += 1
        if self.count == self._at + 1:
            raise NoRoom


def sealed(content: bytes, public: str) -> bytes:
    """These bytes, encrypted."""
    sink = Failing(-1)
    sealing.encrypt(io.BytesIO(content), sink, sealing.recipients([public]))
    return bytes(sink.taken)


def opened(content: bytes, secret: str) -> bytes:
    """What was encrypted."""
    sink = Failing(-1)
    sealing.decrypt(io.BytesIO(content), sink, sealing.identities(secret, "key"), "x")
    return bytes(sink.taken)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_encrypted_opens_with_its_key_alone(size: int) -> None:
    content = bytes(size)
    (public, secret), (_, other) = sealing.new_key(), sealing.new_key()
    locked = sealed(content, public)
    assert locked.startswith(sealing.MAGIC)
    assert opened(locked, f"# kept\n\n{secret}\n") == content
    with pytest.raises(CopyRefused) as refused:
        opened(locked, other)
    assert refused.value.fault == "other_key"
    turned = bytes([locked[-20] ^ 1])  # another byte than the one that is there, always
    for spoiled in (locked[:-1], locked + b"x", locked[:-20] + turned + locked[-19:], locked[:40]):
        with pytest.raises(CopyRefused) as refused:
            opened(spoiled, secret)
        assert refused.value.fault == "altered"


@pytest.mark.parametrize("size", SIZES)
def test_a_failure_at_any_write_or_read_is_told_the_very_last_too(size: int) -> None:
    public, secret = sealing.new_key()
    to, keys = sealing.recipients([public]), sealing.identities(secret, "key")
    content = bytes(size)
    locked = sealed(content, public)
    for act, given in (
        (lambda source, sink: sealing.encrypt(source, sink, to), content),
        (lambda source, sink: sealing.decrypt(source, sink, keys, "x"), locked),
    ):
        source, sink = Failing(-1, given), Failing(-1)
        act(source, sink)
        assert sink.count >= (size > 0) and source.count > 0
        for at in range(sink.count):
            with pytest.raises(NoRoom):
                act(Failing(-1, given), Failing(at))
        for at in range(source.count):
            with pytest.raises(NoRoom):
                act(Failing(at, given), Failing(-1))


def test_what_is_no_key_is_refused() -> None:
    for text in ("", "# nothing\n", "AGE-SECRET-KEY-1", "age1"):
        with pytest.raises(CopyRefused) as refused:
            sealing.identities(text, "key")
        assert refused.value.fault == "no_key"
    for key in ("", "age1", "age1" + "q" * 58, sealing.new_key()[1]):
        with pytest.raises(CopyRefused) as refused:
            sealing.recipients([key])
        assert refused.value.fault == "no_recipient"
        assert len(refused.value.place) <= 9, "it may be the secret half"
