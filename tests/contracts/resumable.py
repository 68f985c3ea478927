"""What every blob store must hold of bytes that come over several times. Give `make`.

class TestLocalResumable(ResumableContract):
    def make(self, folder): ...
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.blobs.contract import BlobStore, Kept
from atelier.errors import NotFound, OffsetMismatch, TooLarge, UploadInUse
from tests.contracts.blobs import BIG, NO_LIMIT, blob_of, contents, listed, ready


async def added(store: BlobStore, key: str, offset: int, content: bytes, *, piece=65_536) -> int:
    """Bring `content` in after the first `offset` bytes of a key, durably; how many are there."""
    draft = await store.resume(key, offset, NO_LIMIT)
    try:
        for start in range(0, len(content), piece):
            await draft.write(content[start : start + piece])
        return await draft.sync()
    finally:
        await draft.close()


async def sealed(store: BlobStore, key: str, offset: int, content: bytes):
    """Bring the rest in and seal it; the key still keeps it."""
    draft = await store.resume(key, offset, NO_LIMIT)
    try:
        await draft.write(content)
        return await draft.seal()
    finally:
        await draft.close()


def key() -> str:
    """A key that nobody had."""
    return secrets.token_hex(16)


class ResumableContract:
    """The suite. Each test makes its own store in its own folder."""

    def make(self, folder: Path) -> BlobStore:
        """A store that is not initialised yet."""
        raise NotImplementedError

    def test_bytes_that_come_over_several_times_come_out_as_they_went_in(self, tmp_path):
        store = self.make(tmp_path)
        asyncio.run(store.init())

        @settings(deadline=None, max_examples=30)
        @given(st.lists(st.integers(0, 900_000), min_size=1, max_size=6), st.integers(0, 2**32))
        def check(sizes, seed):
            parts = [random.Random(seed + n).randbytes(size) for n, size in enumerate(sizes)]
            asyncio.run(self._comes_out(store, parts))

        check()
        asyncio.run(store.close())

    async def _comes_out(self, store, parts):
        one, offset = key(), 0
        for part in parts[:-1]:
            assert await added(store, one, offset, part) == offset + len(part)
            offset += len(part)
            assert await store.kept(one) == Kept(offset)
        whole = b"".join(parts)
        assert await sealed(store, one, offset, parts[-1]) == blob_of(whole)
        assert await store.kept(one) == Kept(len(whole), is_whole=True)
        await store.forget(one)
        assert await store.kept(one) == Kept(0)
        assert await contents(store, blob_of(whole).sha256) == whole
        await store.remove(blob_of(whole).sha256)

    def test_what_was_promised_is_gone_back_to_whatever_came_after_it(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                await added(store, one, 0, b"abc" + os.urandom(BIG))
                assert await added(store, one, 3, b"def") == 6
                assert await store.kept(one) == Kept(6)
                assert await sealed(store, one, 6, b"") == blob_of(b"abcdef")
                assert await contents(store, blob_of(b"abcdef").sha256) == b"abcdef"

        asyncio.run(act())

    def test_more_than_is_kept_cannot_be_gone_on_from(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                for there in (0, 3):
                    with pytest.raises(OffsetMismatch) as caught:
                        await store.resume(one, there + 1, NO_LIMIT)
                    assert caught.value.offset_bytes == there
                    await added(store, one, 0, b"abc")

        asyncio.run(act())

    def test_one_writes_at_a_time_and_the_next_one_when_it_has_let_go(self, tmp_path):
        async def act():
            other = self.make(tmp_path)
            async with ready(self.make(tmp_path)) as store:
                one = key()
                draft = await store.resume(one, 0, NO_LIMIT)
                await draft.write(b"mine")
                for asked in (store, other):
                    with pytest.raises(UploadInUse):
                        await asked.resume(one, 0, NO_LIMIT)
                await added(store, key(), 0, b"another key")
                assert await draft.sync() == 4
                await draft.close()
                await draft.close()
                assert await added(other, one, 4, b", yours") == 11
            await other.close()

        asyncio.run(act())

    @pytest.mark.parametrize("size", [10, BIG])
    def test_bytes_past_the_limit_are_refused_and_those_before_stay(self, tmp_path, size):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                draft = await store.resume(one, 0, size)
                await draft.write(bytes(size))
                with pytest.raises(TooLarge):
                    await draft.write(b"x")
                assert draft.offset_bytes == size
                assert await draft.sync() == size
                await draft.close()
                assert await store.kept(one) == Kept(size)

        asyncio.run(act())

    @pytest.mark.parametrize("size", [10, BIG])
    def test_sealed_it_is_a_blob_and_still_there_until_it_is_forgotten(self, tmp_path, size):
        body = os.urandom(size)

        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                blob = await sealed(store, one, 0, body)
                assert await store.kept(one) == Kept(size, is_whole=True)
                # The last byte once more, as somebody sends it who got no answer.
                assert await sealed(store, one, size - 1, body[-1:]) == blob
                assert await added(store, one, 0, body) == size
                await store.remove(blob.sha256)
                assert await sealed(store, one, 0, body) == blob
                assert await contents(store, blob.sha256) == body
                await store.forget(one)
                await store.forget(one)
                assert await store.is_whole(blob.sha256)
                assert await listed(store) == [blob]

        asyncio.run(act())

    def test_other_bytes_after_it_was_sealed_begin_anew_and_leave_the_blob(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                blob = await sealed(store, one, 0, b"the minutes")
                draft = await store.resume(one, 4, NO_LIMIT)
                await draft.write(b"hours!!")
                with pytest.raises(OffsetMismatch) as caught:
                    await draft.seal()
                assert caught.value.offset_bytes == 0
                await draft.close()
                assert await store.kept(one) == Kept(0)
                assert await contents(store, blob.sha256) == b"the minutes"

        asyncio.run(act())

    def test_equal_bytes_by_both_ways_are_one_blob(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one, two = key(), key()
                blobs = await asyncio.gather(
                    sealed(store, one, 0, b"same"), sealed(store, two, 0, b"same")
                )
                assert blobs == [blob_of(b"same")] * 2
                await store.forget(one)
                assert await listed(store) == [blob_of(b"same")]
                assert await contents(store, blob_of(b"same").sha256) == b"same"

        asyncio.run(act())

    def test_forgotten_drafts_expire_and_begin_anew(self, tmp_path):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                one = key()
                await added(store, one, 0, b"abc")
                assert await store.expire_drafts(3600) == 0
                assert await store.kept(one) == Kept(3)
                assert await store.expire_drafts(0, keep=frozenset({one})) == 0
                assert await store.kept(one) == Kept(3)
                assert await store.expire_drafts(0, keep=frozenset({key()})) == 1
                assert await store.kept(one) == Kept(0)
                assert await added(store, one, 0, b"again") == 5

        asyncio.run(act())

    @pytest.mark.parametrize("name", ["", "../../config.toml", "A" * 32, "0" * 31, "0" * 32 + "\n"])
    def test_what_is_no_key_names_nothing(self, tmp_path, name):
        async def act():
            async with ready(self.make(tmp_path)) as store:
                for ask in (store.kept, store.forget, lambda one: store.resume(one, 0, 1)):
                    with pytest.raises(NotFound):
                        await ask(name)

        asyncio.run(act())
