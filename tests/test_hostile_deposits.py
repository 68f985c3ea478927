"""What must hold whatever is sent and whatever breaks, and which test says so.

The numbers are those of the list of hostile inputs and faults that these tests were written
from: files in (31-37), names (52-58), files out (59-64), resumable deposits (74), faults
(91-100). A row whose test was removed or renamed fails here.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Final

import pytest

from tests.house import ROOT

HELD: Final[dict[str, tuple[str, ...]]] = {
    "31 empty, without or with a wrong ending: kept as it is, known by its bytes": (
        "web/test_hard_deposits.py::test_an_empty_file_and_one_of_a_wrong_name_are_kept_as_they_are_and_known_by_their_bytes",
    ),
    "32 too large: refused before its body, or at the byte that passes": (
        "web/test_bodies.py::test_too_much_announced_is_refused_before_a_byte_is_read",
        "workspace/test_deposits.py::test_the_byte_that_passes_the_limit_ends_the_deposit",
        "journeys/test_bad_input.py::test_a_raw_body_that_is_too_large_is_refused_before_and_while_it_comes",
    ),
    "33 more than memory holds: streamed": (
        "test_huge_bodies.py::test_a_sparse_body_beyond_all_memory_is_streamed_both_ways_and_memory_stays_flat",
    ),
    "34 a cut body: nothing visible, drafts kept for their sender and removed in time": (
        "workspace/test_deposits.py::test_bytes_that_stop_or_are_dropped_leave_nothing",
        "workspace/test_uploads.py::test_what_came_before_a_cut_counts_and_nothing_of_it_is_seen",
        "workspace/test_uploads.py::test_after_seven_days_it_is_over_and_its_bytes_are_removed",
    ),
    "35 another digest than announced: nothing kept": (
        "web/test_hard_deposits.py::test_bytes_that_are_not_those_announced_are_refused_and_nothing_is_kept",
        "web/test_resumable.py::test_bytes_that_are_not_those_announced_are_dropped",
    ),
    "36 equal bytes: one blob, and nobody learns that others hold them": (
        "workspace/test_deposits.py::test_equal_bytes_elsewhere_answer_like_new_ones",
        "workspace/test_uploads.py::test_equal_bytes_are_one_blob_and_say_nothing_of_each_other",
    ),
    "37 a quota that twelve writers race for": (
        "workspace/test_twelve_writers.py::test_twelve_writers_at_once_never_pass_a_quota_together",
        "web/test_quota_pages.py::test_a_full_quota_refuses_a_deposit_before_its_bytes_with_what_to_do",
    ),
    "52 names that cannot be": (
        "model/test_names.py::test_a_name_that_cannot_be_given_is_refused_with_its_fault",
        "journeys/test_bad_input.py::test_a_control_character_and_broken_text_in_a_name_are_refused",
    ),
    "53 twins in case or form are one name": (
        "web/test_hard_deposits.py::test_a_twin_in_case_or_form_is_the_same_document_and_a_created_one_is_refused",
        "workspace/test_folders.py::test_a_name_is_one_name_for_folders_and_documents_in_any_form",
    ),
    "54 names that another system refuses": (
        "model/test_portable.py::test_every_name_comes_back_and_no_system_refuses_the_form_it_had",
        "workspace/test_archives.py::test_names_are_made_portable_and_twins_stay_apart",
    ),
    "55 markup, formulas and formats in names": (
        "journeys/test_bad_input.py::test_a_strange_name_is_a_name_and_nothing_else",
        "web/test_audience_pages.py::test_no_cell_is_a_formula",
    ),
    "56 names in headers": (
        "web/test_downloads.py::test_any_name_gives_one_header_that_brings_the_name_back",
        "web/test_downloads.py::test_a_name_has_an_ascii_twin_without_quotes",
    ),
    "57 names that read as others": (
        "model/test_names.py::test_marks_that_change_how_a_name_reads_are_suspect",
        "journeys/test_bad_input.py::test_a_strange_name_is_a_name_and_nothing_else",
    ),
    "58 depth, long paths, many entries": (
        "workspace/test_folders.py::test_folders_stand_64_deep_and_no_deeper",
        "workspace/test_arriving.py::test_names_of_a_tree_are_checked_and_its_depth_and_length_are_bounded",
        "workspace/test_folders.py::test_pages_of_a_large_folder_follow_one_another",
    ),
    "59 what could run is sent as an attachment, whatever the way": (
        "web/test_downloads.py::test_bytes_never_run_in_our_origin",
        "web/test_download_doors.py::test_a_page_that_was_deposited_never_runs_whatever_the_way",
    ),
    "60 shown in our viewer only": (
        "web/test_downloads.py::test_kinds_that_may_be_shown_are_shown_to_our_viewer_only",
    ),
    "61 floods of ranges": (
        "web/test_ranges.py::test_bad_overlapping_reversed_and_endless_parts_get_the_whole_file",
        "web/test_downloads.py::test_no_request_for_parts_makes_an_answer_larger_than_the_file",
    ),
    "62 caches": (
        "web/test_downloads.py::test_the_tag_is_strong_and_spares_the_bytes",
        "web/test_middleware.py::test_a_page_wears_the_headers_of_a_page",
    ),
    "63 other sites": (
        "web/test_middleware.py::test_another_site_may_link_to_us_but_not_embed_us",
    ),
    "64 a reader that never reads": (
        "web/test_protocol.py::test_a_reader_that_never_reads_is_given_up",
    ),
    "74 lies about an offset, two at once": (
        "web/test_resumable.py::test_a_lie_about_the_offset_changes_nothing",
        "web/test_resumable.py::test_more_bytes_than_were_announced_are_refused_and_never_confirmed",
        "workspace/test_uploads.py::test_of_many_at_once_at_the_same_byte_never_two_are_taken",
    ),
    "91 kill -9, also during start and migration": (
        "test_killed.py::test_nothing_confirmed_is_lost_and_nothing_half_done_seen_when_the_server_is_killed",
        "test_releases.py::test_a_migration_killed_at_any_statement_leaves_the_release_as_it_was",
    ),
    "92 full, read-only, failing disks": (
        "test_write_paths.py::test_an_act_whose_disk_fails_at_any_step_leaves_nothing_and_is_done_again",
        "test_full_disk.py::test_a_disk_that_is_filled_to_its_last_byte_loses_nothing_and_goes_on_when_there_is_room",
        "workspace/test_backups.py::test_a_backup_whose_disk_fails_anywhere_leaves_nothing_that_looks_whole",
        "workspace/test_exports.py::test_an_export_whose_disk_fails_anywhere_leaves_nothing",
    ),
    "93 records held by another program": (
        "web/test_hard_deposits.py::test_while_another_program_holds_the_records_a_deposit_is_told_to_come_again",
        "database/test_engine.py::test_records_held_by_another_process_are_busy_and_free_again_after",
    ),
    "94 a clock that jumps": (
        "workspace/test_clock.py::test_versions_and_journal_keep_their_order_when_the_clock_jumps",
        "workspace/test_signing_in.py::test_a_clock_that_jumps_revives_no_session",
    ),
    "95 records and bytes of different days": (
        "test_cli_keeping.py::test_records_older_than_the_bytes_are_told_and_start_nevertheless",
        "test_cli_keeping.py::test_losses_are_told_by_backup_export_and_verify_with_status_one",
    ),
    "96 two servers on one data folder": (
        "test_app.py::test_a_second_server_on_one_data_folder_is_refused_and_the_first_goes_on",
    ),
    "98 a worker killed at its limit": (
        "worker/test_runner.py::test_a_job_that_kills_its_worker_each_time_is_failed_in_the_end",
        "extract/test_process.py::test_what_takes_too_much_memory_is_too_large",
    ),
    "99 a migration killed": (
        "database/test_migrating.py::test_a_migration_cut_at_any_statement_leaves_the_records_as_before",
        "test_releases.py::test_a_migration_killed_at_any_statement_leaves_the_release_as_it_was",
    ),
    "100 bytes deleted by hand": (
        "web/test_hard_deposits.py::test_bytes_deleted_by_hand_cost_that_document_alone_and_raise_an_alarm",
    ),
}  # fmt: skip


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """The names of the tests that stand in a file."""
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(tree)
        if isinstance(node, functions) and node.name.startswith("test_")
    )  # fmt: skip


@pytest.mark.parametrize("line", HELD)
def test_every_line_of_the_list_has_its_tests(line: str) -> None:
    for test in HELD[line]:
        path, _, name = test.partition("::")
        assert name in names_of_tests(path), f"{line}: {test}"


def test_every_number_of_these_chapters_is_there() -> None:
    numbers = {int(line.split()[0]) for line in HELD}
    # 49: when archives are imported; 50, 51: the drop folder; 97: with PostgreSQL and S3.
    later = {49, 50, 51, 97}
    chapters = {*range(31, 38), *range(52, 65), 74, *range(91, 101)}
    assert numbers == chapters - later
