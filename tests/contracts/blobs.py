"""What every blob store must hold. Subclass `BlobContract`, give `make` and `spoil`.

class TestLocalBlobs(BlobContract):
    def make(self, folder, *, floor_bytes=0): ...
    def spoil(self, folder, sha256, content): ...
    def age(self, folder, sha256, seconds): ...
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.blobs.contract import BlobStore
from atelier.errors import BlobMissing, Fault, FolderUnready, NoRoom, TooLarge, WriteFailed
from atelier.model.documents import Blob

NO_LIMIT = 2**40
BIG = 3 * 1024 * 1024
PLACES = st.integers(0, 1_500_000)


def blob_of(content: bytes) -> Blob:
    """The blob that sealing `content` must answer."""
    return Blob(hashlib.sha256(content).hexdigest(), len(content))


async def stored(store: BlobStore, content: bytes, *, piece: int = 65_536) -> Blob:
    """Bring `content` in, piece by piece, and seal it; drop it when something is refused."""
    draft = await store.draft(NO_LIMIT)
    try:
        for offset in range(0, len(content), piece):
            await draft.write(content[offset : offset + piece])
        return await draft.seal()
    finally:
        await draft.drop()


async def contents(store: BlobStore, sha256: str) -> bytes:
    """All the bytes of a blob."""
    opened = await store.open(sha256)
    try:
        return await opened.read(0, opened.size_bytes)
    finally:
        opened.close()


async def listed(store: BlobStore) -> list[Blob]:
    """Every blob in the order the store gives."""
    return [blob async for blob in store.hashes()]


@asynccontextmanager
async def ready(store: BlobStore) -> AsyncIterator[BlobStore]:
    """The store, initialised, and closed at the end."""
    await store.init()
    try:
        yield store
    finally:
        await store.close()


class BlobContract:
    """The suite. Each test makes its own store in its own folder."""

    def make(self, folder: Path, *, floor_bytes: int = 0) -> BlobStore:
        """A store that is not initialised yet."""
        raise NotImplementedError

    def spoil(self, folder: Path, sha256: str, content: bytes) -> None:
        """Put other bytes under that hash, as rot would."""
        raise NotImplementedError

    def age(self, folder: Path, sha256: str, seconds: float) -> None:
        """Have that blob be sealed so long ago."""
        raise NotImplementedError

    def test_bytes_come_out_as_they_went_in_whatever_the_pieces_and_ranges(self, tmp_path):
        store = self.make(tmp_path)
        asyncio.run(store.init())

        @settings(deadline=None, max_examples=40)
        @given(
            st.lists(st.integers(0, 700_000), max_size=6),
            st.integers(0, 2**32),
            st.lists(st.tuples(PLACES, PLACES), max_size=4),
        )
        def check(sizes, seed, ranges):
            pieces = [random.Random(seed + n).randbytes(size) for n, size in enumerate(sizes)]
            asyncio.run(self._comes_out(store, pieces, ranges))

        check()
        asyncio.run(store.close())

    async def _comes_out(self, store, pieces, ranges):
        content = b"".join(pieces)
        draft = await store.draft(NO_LIMIT)
        for piece in pieces:
            await draft.write(piece)
        assert draft.size_bytes == len(content)
        blob = await draft.seal()
        assert blob == blob_of(content)
        assert (await store.path(blob.sha256)).read_bytes() == content
        opened = await store.open(blob.sha256)
        assert opened.size_bytes == len(content)
        assert await opened.read(0, len(content) + 1) == content
        for offset, length in ranges:
            assert await opened.read(offset, length) == content[offset : offset + length]
        opened.close()

    def test_no_bytes_at_all_are_a_blob_too(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                blob = await stored(store, b"")
                assert blob == blob_of(b"")
                assert await contents(store, blob.sha256) == b""

        asyncio.run(act())

    def test_equal_bytes_twice_are_one_blob_and_answered_alike(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                first, second = await stored(store, b"same"), await stored(store, b"same")
                assert first == second == blob_of(b"same")
                assert await listed(store) == [first]

        asyncio.run(act())

    def test_eight_seals_at_once_all_stand_also_when_some_are_equal(self, tmp_path):
        bodies = [os.urandom(50_000) for _ in range(6)] + [b"equal" * 10_000] * 2

        async def act():
            async with ready(self.make(tmp_path)) as store:
                blobs = await asyncio.gather(*(stored(store, body) for body in bodies))
                assert blobs == [blob_of(body) for body in bodies]
                for body in bodies:
                    assert await contents(store, blob_of(body).sha256) == body

        asyncio.run(act())

    def test_blobs_are_listed_in_order_of_hash_with_their_sizes(self, tmp_path):
        bodies = [bytes([number]) * number for number in range(40)]

        async def act():
            async with ready(self.make(tmp_path)) as store:
                assert await listed(store) == []
                await asyncio.gather(*(stored(store, body) for body in bodies))
                expected = sorted(map(blob_of, bodies), key=lambda blob: blob.sha256)
                assert await listed(store) == expected

        asyncio.run(act())

    @pytest.mark.parametrize("size", [10, BIG])
    def test_a_rotted_blob_is_told_and_healed_by_equal_bytes(self, tmp_path, size):
        body = os.urandom(size)
        rotted = body[:-1] + bytes([body[-1] ^ 1])

        async def act():
            async with ready(self.make(tmp_path)) as store:
                blob = await stored(store, body)
                assert await store.is_whole(blob.sha256)
                self.spoil(tmp_path, blob.sha256, rotted)
                assert not await store.is_whole(blob.sha256)
                assert await stored(store, body) == blob
                assert await store.is_whole(blob.sha256)
                assert await contents(store, blob.sha256) == body

        asyncio.run(act())

    @pytest.mark.parametrize("limit", [0, 10, BIG])
    def test_the_byte_that_passes_the_limit_is_refused_and_nothing_is_kept(self, tmp_path, limit):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                allowed, refused = await store.draft(limit), await store.draft(limit)
                for draft in (allowed, refused):
                    await draft.write(bytes(limit))
                with pytest.raises(TooLarge) as caught:
                    await refused.write(b"x")
                assert caught.value.limit_bytes == limit
                assert refused.size_bytes == limit
                with pytest.raises(TooLarge):
                    await refused.write(b"")
                with pytest.raises(TooLarge):
                    await refused.seal()
                assert await listed(store) == []
                assert await store.expire_drafts(0) == (1 if limit == BIG else 0)
                await allowed.drop()

        asyncio.run(act())

    @pytest.mark.parametrize("size", [10, BIG])
    def test_a_dropped_draft_leaves_nothing_and_takes_nothing_more(self, tmp_path, size):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                draft = await store.draft(NO_LIMIT)
                await draft.write(bytes(size))
                await draft.drop()
                await draft.drop()
                with pytest.raises(WriteFailed):
                    await draft.write(b"more")
                with pytest.raises(WriteFailed):
                    await draft.seal()
                assert await listed(store) == []
                assert await store.expire_drafts(0) == 0

        asyncio.run(act())

    def test_a_sealed_draft_takes_nothing_more_and_dropping_it_loses_nothing(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                draft = await store.draft(NO_LIMIT)
                await draft.write(b"kept")
                blob = await draft.seal()
                await draft.drop()
                with pytest.raises(WriteFailed):
                    await draft.write(b"more")
                with pytest.raises(WriteFailed):
                    await draft.seal()
                assert await contents(store, blob.sha256) == b"kept"

        asyncio.run(act())

    @pytest.mark.parametrize(
        "sha256",
        [
            "0" * 64,
            "",
            "../../config.toml",
            "A" * 64,
            "0" * 63,
            "0" * 65,
            "é" * 64,
            "0" * 64 + "\n",
        ],
    )
    def test_what_was_never_stored_or_is_no_hash_is_missing(self, tmp_path, sha256):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                for ask in (store.open, store.path):
                    with pytest.raises(BlobMissing) as caught:
                        await ask(sha256)
                    assert caught.value.sha256 == sha256
                assert not await store.is_whole(sha256)
                await store.remove(sha256)

        asyncio.run(act())

    @pytest.mark.parametrize("size", [10, BIG])
    def test_a_removed_blob_is_missing_and_who_opened_it_before_reads_on(self, tmp_path, size):
        body = os.urandom(size)

        async def act():
            async with ready(self.make(tmp_path)) as store:
                kept = await stored(store, b"kept")
                blob = await stored(store, body)
                opened = await store.open(blob.sha256)
                await store.remove(blob.sha256)
                await store.remove(blob.sha256)
                assert await opened.read(0, size) == body
                opened.close()
                opened.close()
                with pytest.raises(BlobMissing):
                    await store.open(blob.sha256)
                assert await listed(store) == [kept]

        asyncio.run(act())

    def test_only_an_old_blob_is_collected_and_sealing_it_again_makes_it_young(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                young, old, again = [await stored(store, body) for body in (b"1", b"2", b"3")]
                for blob in (old, again):
                    self.age(tmp_path, blob.sha256, 7200)
                assert not await store.collect(old.sha256, 10_000)
                assert await stored(store, b"3") == again
                collected = [await store.collect(one.sha256, 3600) for one in (young, old, again)]
                assert collected == [False, True, False]
                assert sorted(map(str, await listed(store))) == sorted(map(str, (young, again)))
                assert not await store.collect(old.sha256, 3600)
                assert not await store.collect("../../config.toml", 0)

        asyncio.run(act())

    def test_only_forgotten_drafts_expire_and_one_that_did_is_never_stored(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                running, forgotten = await store.draft(NO_LIMIT), await store.draft(NO_LIMIT)
                await running.write(bytes(BIG))
                assert await store.expire_drafts(3600) == 0
                blob = await running.seal()
                await forgotten.write(bytes(BIG))
                await forgotten.write(bytes(BIG))
                assert await store.expire_drafts(0) == 1
                with pytest.raises(Fault):
                    await forgotten.seal()
                assert await listed(store) == [blob]

        asyncio.run(act())

    def test_less_than_the_free_space_floor_takes_nothing_in_and_gives_out_as_before(
        self, tmp_path
    ):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                blob = await stored(store, b"before")
            full = self.make(tmp_path, floor_bytes=2**60)
            with pytest.raises(NoRoom):
                await full.draft(NO_LIMIT)
            assert await contents(full, blob.sha256) == b"before"
            await full.close()

        asyncio.run(act())

    def test_a_store_is_refused_until_initialised_and_a_second_time_changes_nothing(self, tmp_path):
        async def act():
            store = self.make(tmp_path)
            with pytest.raises(FolderUnready):
                await store.check()
            await store.init()
            await store.check()
            blob = await stored(store, b"kept")
            await store.init()
            assert await listed(store) == [blob]
            await store.close()
            await store.close()

        asyncio.run(act())
