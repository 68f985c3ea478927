"""The disk: what it writes is whole, what it refuses is said, locks die with their holder."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from atelier.errors import Fault, NoRoom, WriteFailed
from atelier.files import Disk, NewFile, OpenFolder
from tests.faults import FaultPlan, each_failure, meanwhile

HOLDER = """
import sys
from pathlib import Path
from atelier.files import Disk
lock = Disk().lock(Path(sys.argv[1]))
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (errno.ENOSPC, NoRoom),
        (errno.EDQUOT, NoRoom),
        (errno.EIO, WriteFailed),
        (errno.EROFS, WriteFailed),
    ],
)
def test_a_small_file_is_replaced_whole_or_not_at_all(tmp_path, error, ours):
    target = tmp_path / "state"
    Disk().write_small(target, b"old")
    failures = 0
    for plan in each_failure(error):
        if not _is_refused(lambda plan=plan: plan.disk.write_small(target, b"new"), ours):
            break
        failures += 1
        assert target.read_bytes() in (b"old", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert failures == 5
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_failed_clean_up_does_not_hide_the_first_failure(tmp_path):
    plan = FaultPlan(1, errno.ENOSPC, for_good=True)
    with pytest.raises(NoRoom):
        plan.disk.write_small(tmp_path / "state", b"new")
    assert not (tmp_path / "state").exists()


def test_a_rebuildable_file_is_atomic_without_waiting_for_the_disk(tmp_path):
    plan = FaultPlan()
    plan.disk.write_small(tmp_path / "state", b"new", is_durable=False)
    assert plan.names == ["create", "write", "rename"]
    assert (tmp_path / "state").read_bytes() == b"new"


def test_a_failure_says_what_was_tried_where_and_why(tmp_path):
    plan = FaultPlan(0, errno.EIO)
    with pytest.raises(WriteFailed) as caught:
        plan.disk.create(tmp_path / "draft")
    assert caught.value.what == f"create {tmp_path / 'draft'}: EIO"


def test_a_failed_fsync_is_never_tried_again_on_the_same_file(tmp_path):
    plan = FaultPlan(0, only="sync")
    with plan.disk.create(tmp_path / "draft") as file:
        file.write(b"bytes")
        for _ in range(2):
            with pytest.raises(WriteFailed):
                file.sync()
        with pytest.raises(WriteFailed):
            file.write(b"more")
    assert plan.names.count("sync") == 1


def test_a_new_file_is_its_owners_and_takes_no_name_in_use(tmp_path):
    disk = Disk()
    outside = tmp_path / "outside"
    (tmp_path / "link").symlink_to(outside)
    with disk.create(tmp_path / "draft") as file:
        assert file.path.stat().st_mode & 0o777 == 0o600
        file.make_read_only()
        assert file.path.stat().st_mode & 0o777 == 0o400
    for name in ("draft", "link"):
        with pytest.raises(WriteFailed):
            disk.create(tmp_path / name)
    assert not outside.exists()
    file.close()
    with pytest.raises(WriteFailed):
        file.sync()


def test_a_file_size_limit_stops_a_write_half_way_and_says_so(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Disk().create(tmp_path / "draft") as file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(WriteFailed) as caught:
                file.write(bytes(10_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.what.endswith("EFBIG")
        assert file.path.stat().st_size == 4096


def test_folders_are_made_with_their_parents_for_the_owner_only(tmp_path):
    disk = Disk()
    disk.make_folder(tmp_path / "a" / "b")
    disk.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(WriteFailed):
            disk.make_folder(path)


def test_folders_answer_to_the_seam_and_can_be_made_again_after_a_failure(tmp_path):
    for number, plan in enumerate(each_failure(errno.ENOSPC)):
        folder = tmp_path / str(number) / "a" / "b"
        _is_refused(lambda plan=plan, folder=folder: plan.disk.make_folder(folder), NoRoom)
        Disk().make_folder(folder)
        assert folder.is_dir()
    assert number == 3


def test_removing_what_is_not_there_is_no_failure_and_a_link_goes_without_its_target(tmp_path):
    disk = Disk()
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    disk.remove(tmp_path / "link")
    disk.remove(tmp_path / "link")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_folder_goes_with_all_in_it_but_nothing_behind_a_link(tmp_path):
    kept, tree, link = tmp_path / "kept", tmp_path / "tree", tmp_path / "link"
    kept.mkdir()
    (kept / "file").write_bytes(b"kept")
    (tree / "below").mkdir(parents=True)
    (tree / "below" / "file").write_bytes(b"gone")
    (tree / "way out").symlink_to(kept)
    link.symlink_to(kept)
    with pytest.raises(WriteFailed):
        FaultPlan(0).disk.remove_tree(tree)
    Disk().remove_tree(tree)
    Disk().remove_tree(tree)
    with pytest.raises(WriteFailed):
        Disk().remove_tree(link)
    assert not tree.exists()
    assert (kept / "file").read_bytes() == b"kept"


def test_free_bytes_are_those_a_program_may_still_write(tmp_path):
    assert 0 < Disk().free_bytes(tmp_path) < 2**60
    with pytest.raises(WriteFailed):
        Disk().free_bytes(tmp_path / "absent")


def test_a_folder_that_cannot_be_synced_is_said(tmp_path):
    Disk().sync_folder(tmp_path)
    with pytest.raises(WriteFailed):
        Disk().sync_folder(tmp_path / "absent")


def test_only_a_regular_file_is_opened_for_reading(tmp_path):
    disk = Disk()
    (tmp_path / "file").write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "absent"):
        with pytest.raises(FileNotFoundError):
            disk.open(tmp_path / name)
    with pytest.raises(PermissionError):
        FaultPlan(0, errno.EACCES).disk.open(tmp_path / "file")
    with pytest.raises(OSError, match="File name too long"):
        disk.open(tmp_path / ("a" * 300))
    file = disk.open(tmp_path / "file")
    assert (file.size_bytes, file.read(2, 3), file.read(8, 5)) == (10, b"234", b"89")
    assert file.read(10, 5) == file.read(99, 5) == file.read(0, 0) == b""
    file.close()
    file.close()


def test_a_folder_held_open_is_the_one_that_was_opened_and_follows_no_link(tmp_path):
    disk, place, outside = Disk(), tmp_path / "place", tmp_path / "outside"
    for folder in (place / "below", outside):
        folder.mkdir(parents=True)
    (place / "below" / "file").write_bytes(b"inside")
    (outside / "file").write_bytes(b"outside")
    (place / "link").symlink_to(outside)
    (place / "file link").symlink_to(outside / "file")
    os.mkfifo(place / "pipe")
    with contextlib.closing(disk.open_folder(place)) as held:
        assert sorted(held.names()) == ["below", "file link", "link", "pipe"]
        with contextlib.closing(held.enter("below")) as below:
            place.rename(tmp_path / "moved")
            place.symlink_to(outside)
            file = below.open("file")
            assert file.read(0, 9) == b"inside" and below.may_change()
            assert file.facts().st_size == below.look("file").st_size == 6
            file.close()
        for name in ("link", "file link", "pipe", "absent"):
            with pytest.raises(OSError, match=name):
                held.enter(name)
            with pytest.raises(OSError, match=name):
                held.open(name)
        assert stat.S_ISLNK(held.look("link").st_mode)
    with pytest.raises(NotADirectoryError):
        disk.open_folder(place)


def test_what_is_moved_or_made_in_a_folder_never_goes_over_something(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    for name in ("a", "b", "lot/c"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(name.encode())
    (target / "a").write_bytes(b"kept")
    (target / "link").symlink_to(tmp_path / "nowhere")
    with _held(source) as here, _held(target) as there:
        assert not here.move("a", there, "a") and not here.move("b", there, "link")
        assert not here.move("lot", there, "a")
        assert here.move("b", there, "free") and here.move("lot", there, "lot")
        assert there.make_folder("new") and not there.make_folder("a")
        assert there.make_file("text", b"why") and not there.make_file("a", b"why")
        with pytest.raises(FileNotFoundError):
            here.move("absent", there, "x")
    assert (target / "a").read_bytes() == b"kept" and (target / "free").read_bytes() == b"b"
    assert (target / "lot" / "c").read_bytes() == b"lot/c" and list(source.iterdir()) == [
        source / "a"
    ]
    assert (target / "text").read_bytes() == b"why" and (target / "link").is_symlink()
    assert (target / "text").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["file", "folder"])
def test_a_move_that_fails_leaves_the_thing_where_it_was_and_can_be_done_again(tmp_path, name):
    for number, plan in enumerate(each_failure(errno.ENOSPC, spared={"look", "open_folder"})):
        source, target = tmp_path / f"from {number}", tmp_path / f"to {number}"
        (source / "folder").mkdir(parents=True)
        target.mkdir()
        (source / "file").write_bytes(b"kept")
        with _held(source, plan.disk) as here, _held(target, plan.disk) as there:
            _is_refused(lambda here=here, there=there: here.move(name, there, "x"), NoRoom)
            if plan.failed:
                assert (source / name).exists() and list(target.iterdir()) == []
                plan.heal()
                assert here.move(name, there, "x")
        assert (target / "x").exists() and not (source / name).exists()
    assert number >= 2


def test_a_text_that_cannot_be_written_leaves_no_half_of_it(tmp_path):
    for plan in each_failure(errno.ENOSPC, spared={"open_folder"}):
        with _held(tmp_path, plan.disk) as folder, contextlib.suppress(NoRoom):
            folder.make_file("text", b"why")
        if plan.failed:
            assert list(tmp_path.iterdir()) == []
    assert (tmp_path / "text").read_bytes() == b"why"


def test_a_file_open_for_writing_is_told_where_the_system_can_say(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    file = Disk().open(path)
    assert not file.is_being_written()
    with path.open("ab"):
        assert file.is_being_written() == _gives_leases(path)
    assert not file.is_being_written()
    with path.open("rb"):
        assert not file.is_being_written()
    monkeypatch.delattr(fcntl, "F_SETLEASE", raising=False)
    with path.open("ab"):
        assert not file.is_being_written()
    file.close()


def test_bytes_are_at_hand_only_where_the_system_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"0123456789")
    file, places = Disk().open(tmp_path / "file"), []

    def in_memory(descriptor, buffers, place, flags):
        places.append(place)
        return 1

    def on_disk(descriptor, buffers, place, flags):
        raise BlockingIOError

    monkeypatch.setattr(os, "RWF_NOWAIT", 8, raising=False)
    monkeypatch.setattr(os, "preadv", in_memory, raising=False)
    assert file.is_at_hand(2, 3) and places == [2, 4]
    assert file.is_at_hand(5, 99) and places[2:] == [5, 9]
    monkeypatch.setattr(os, "preadv", on_disk)
    assert not file.is_at_hand(2, 3)
    monkeypatch.delattr(os, "RWF_NOWAIT")
    monkeypatch.setattr(os, "preadv", in_memory)
    assert not file.is_at_hand(2, 3)
    file.close()


def test_reading_stops_where_the_file_was_cut(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    file = Disk().open(path)
    os.truncate(path, 4)
    assert file.read(0, 10) == b"0123"
    file.close()


def test_names_and_looks_pass_the_seam(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    plan = FaultPlan()
    assert plan.disk.names(tmp_path) == ["link"]
    assert plan.disk.look(tmp_path / "link").st_size == len("nowhere")
    assert plan.names == ["names", "look"]


def test_a_lock_is_refused_to_a_second_holder_and_free_after_release(tmp_path):
    disk, path = Disk(), tmp_path / "lock"
    assert not disk.is_locked(path)
    with disk.lock(path) as lock:
        assert disk.lock(path) is None
        assert disk.is_locked(path)
    lock.release()
    assert not disk.is_locked(path)
    again = disk.lock(path)
    again.release()


def test_a_lock_is_shared_by_many_or_held_by_one_and_never_both(tmp_path):
    disk, path = Disk(), tmp_path / "lock"
    with disk.share(path), disk.share(path) as second:
        assert second is not None and disk.lock(path) is None
    with disk.lock(path) as alone:
        assert alone is not None and disk.share(path) is None
    with disk.share(path) as again:
        assert again is not None
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WriteFailed):
        disk.share(path)
    plan = FaultPlan(0, errno.EIO)
    with pytest.raises(WriteFailed):
        plan.disk.share(tmp_path / "other")


def test_a_lock_held_by_another_process_is_free_once_it_is_killed(tmp_path):
    disk, path = Disk(), tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert disk.lock(path) is None
        assert disk.is_locked(path)
        holder.kill()
        holder.wait()
        assert not disk.is_locked(path)
        with disk.lock(path) as lock:
            assert lock is not None


def test_a_lock_does_not_outlive_its_holder_in_the_programs_it_started(tmp_path):
    disk, path = Disk(), tmp_path / "lock"
    with disk.lock(path):
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            close_fds=False,
        )
        # The system answers the start before it has closed what the child may not keep.
        assert child.stdout.readline() == b"up\n"
    with child:
        assert not disk.is_locked(path)
        child.stdin.close()


def test_a_probe_is_not_taken_for_a_holder(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    probe = os.open(path, os.O_RDONLY)
    fcntl.flock(probe, fcntl.LOCK_SH)
    rounds = []

    def leave(_path):
        rounds.append(_path)
        if len(rounds) == 3:
            os.close(probe)

    with meanwhile("lock", leave).lock(path) as lock:
        assert lock is not None
    assert len(rounds) == 3


def test_a_lock_shared_without_end_is_held(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    sharer = os.open(path, os.O_RDONLY)
    fcntl.flock(sharer, fcntl.LOCK_SH)
    assert Disk().lock(path) is None
    os.close(sharer)


def test_a_lock_through_a_link_or_on_a_failing_disk_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for act in (Disk().lock, Disk().is_locked, FaultPlan(0).disk.lock, FaultPlan(0).disk.is_locked):
        with pytest.raises(WriteFailed):
            act(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_fails_while_a_lock_is_waited_for_is_said(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    sharer = os.open(path, os.O_RDONLY)
    fcntl.flock(sharer, fcntl.LOCK_SH)
    with pytest.raises(WriteFailed):
        FaultPlan(1, only="lock").disk.lock(path)
    os.close(sharer)
    with Disk().lock(path) as lock:
        assert lock is not None


@contextlib.contextmanager
def _held(path: Path, disk: Disk | None = None) -> Iterator[OpenFolder]:
    with contextlib.closing((disk or Disk()).open_folder(path)) as folder:
        yield folder


def _gives_leases(path: Path) -> bool:
    """Whether this system, on this disk, lets a reader ask that nobody writes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (OSError, AttributeError) as error:
        # Nothing was leased: a system that knows leases says just that.
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)
    return True


def _is_refused(act, ours: type[Fault]) -> bool:
    try:
        act()
    except Fault as fault:
        assert type(fault) is ours
        return True
    return False


def test_a_file_is_gone_on_with_by_one_at_a_time_after_what_is_asked_for(tmp_path):
    path = tmp_path / "draft"
    first = Disk().reopen(path)
    first.cut(0)
    first.write(b"0123456789")
    assert Disk().reopen(path) is None
    first.close()
    second = Disk().reopen(path)
    second.cut(4)
    second.write(b"four")
    assert (second.size_bytes, second.read(2, 99)) == (8, b"23four")
    second.close()
    third = Disk().reopen(path)
    with pytest.raises(WriteFailed):
        third.cut(9)
    assert third.is_spoiled
    third.close()
    assert path.read_bytes() == b"0123four"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("refused", [True, False])
def test_what_is_read_only_or_has_two_names_is_read_again_and_never_written(
    tmp_path, monkeypatch, refused
):
    path, opened = tmp_path / "draft", os.open
    file = Disk().reopen(path)
    file.write(b"whole")
    file.make_read_only()
    file.close()

    def as_its_owner(name, flags, mode=0o777):
        # Whoever runs the tests as root may write to whatever is read-only.
        if refused and flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "read-only", str(name))
        return opened(name, flags, mode)

    monkeypatch.setattr(os, "open", as_its_owner)
    again = Disk().reopen(path)
    assert again.is_read_only and again.read(0, 99) == b"whole"
    again.sync()
    with pytest.raises(WriteFailed):
        again.cut(2)
    again.close()
    path.chmod(0o600)
    assert Disk().link(path, tmp_path / "twin")
    monkeypatch.undo()
    twin = Disk().reopen(path)
    with pytest.raises(WriteFailed):
        twin.cut(2)
    twin.close()
    assert (tmp_path / "twin").read_bytes() == b"whole"


def test_a_file_whose_name_went_while_it_was_opened_is_opened_anew(tmp_path, monkeypatch):
    path, looked = tmp_path / "draft", NewFile.is_at

    def gone_once(file, name):
        monkeypatch.setattr(NewFile, "is_at", looked)
        name.unlink()
        return looked(file, name)

    monkeypatch.setattr(NewFile, "is_at", gone_once)
    file = Disk().reopen(path)
    file.write(b"kept")
    file.close()
    assert path.read_bytes() == b"kept"
    monkeypatch.setattr(NewFile, "is_at", lambda file, name: False)
    with pytest.raises(WriteFailed):
        Disk().reopen(path)
    monkeypatch.setattr(NewFile, "is_at", _unknown)
    with pytest.raises(WriteFailed):
        Disk().reopen(path)


def test_a_second_name_is_given_or_where_there_is_none_said_so(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"bytes")
    assert Disk().link(path, tmp_path / "twin")
    assert (tmp_path / "twin").samefile(path)
    with pytest.raises(WriteFailed):
        Disk().link(path, tmp_path / "twin")
    for code in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
        assert not FaultPlan(0, code).disk.link(path, tmp_path / "third")
    with pytest.raises(NoRoom):
        FaultPlan(0, errno.ENOSPC).disk.link(path, tmp_path / "third")
    assert not (tmp_path / "third").exists()


def _unknown(file, name):
    raise OSError(errno.EIO, "cannot be looked at", str(name))
