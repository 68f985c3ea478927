"""What must hold for those who come in, and against those who must not; which test says so.

The numbers are those of the list of hostile inputs: sessions and people (78-82, 84, 86, 88-90).
Below them, what was promised when people were let in from outside. A row whose test was
removed or renamed fails here.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.test_hostile_deposits import names_of_tests

HELD: Final[dict[str, tuple[str, ...]]] = {
    "78 a session fixed before signing in; one of before a new password or standing": (
        "web/test_signin.py::test_address_and_password_open_a_session_with_a_new_token",
        "workspace/test_signing_in.py::test_signing_in_again_ends_the_session_it_replaces",
        "workspace/test_second_step.py::test_the_session_that_a_browser_held_is_replaced_at_each_step",
        "web/test_account_pages.py::test_another_password_replaces_the_session_and_ends_the_others",
        "workspace/test_accounts.py::test_a_new_standing_starts_with_a_new_session_and_no_link_given_before",
    ),
    "79 forms of other sites, looking that changes, text in place of a form": (
        "web/test_middleware.py::test_a_changing_request_of_another_site_is_refused",
        "web/test_routes.py::test_a_form_of_another_site_or_visit_is_refused",
        "web/test_routes.py::test_looking_changes_nothing_and_head_looks_too",
        "web/test_foreign_forms.py::test_a_form_of_another_site_opens_no_door_that_is_open_to_all",
        "web/test_foreign_forms.py::test_nobody_is_signed_in_from_elsewhere_nor_chooses_a_password_there",
        "web/test_foreign_forms.py::test_what_is_sent_as_text_is_no_form",
        "journeys/test_keys.py::test_another_site_has_nothing_sent_here",
    ),
    "80 a password of a mebibyte: refused before it is hashed": (
        "web/test_signin.py::test_a_password_of_a_megabyte_is_refused_before_it_is_hashed",
        "web/test_account_pages.py::test_a_password_of_a_mebibyte_is_refused_at_every_form",
        "workspace/test_passwords.py::test_nothing_is_computed_for_a_password_of_a_megabyte",
    ),
    "81 a thousand sign-ins at once: four hashes, the others wait, then are told to come again": (
        "workspace/test_passwords.py::test_of_a_thousand_at_once_four_are_computed_at_a_time_and_the_others_wait",
        "workspace/test_passwords.py::test_when_all_places_are_taken_and_none_comes_free_it_is_busy",
        "web/test_crowded_signin.py::test_who_finds_no_turn_is_told_when_to_come_again_and_nobody_else_waits",
        "workspace/test_throttle.py::test_a_try_that_found_no_turn_is_none",
    ),
    "82 a reset: once, half an hour, kept as a hash, one answer for all, old sessions ended": (
        "workspace/test_forgotten.py::test_a_reset_link_works_once_for_half_an_hour_and_ends_old_sessions",
        "workspace/test_forgotten.py::test_known_unknown_and_disabled_addresses_are_the_same_work",
        "workspace/test_tokens.py::test_no_token_that_was_given_stands_in_any_file",
        "web/test_account_pages.py::test_a_reset_link_is_looked_at_often_and_used_once",
        "web/test_account_pages.py::test_a_forgotten_password_is_one_page_for_every_address",
    ),
    "84 tokens: 256 bits, shown once, kept as a hash, ended and dated": (
        "workspace/test_tokens.py::test_no_token_that_was_given_stands_in_any_file",
        "workspace/test_tokens.py::test_a_token_is_256_bits_and_never_given_twice",
        "workspace/test_calendars.py::test_a_feed_has_one_address_that_is_replaced_and_ended",
        "workspace/test_invites.py::test_a_forged_foreign_or_expired_link_opens_nothing",
    ),
    "86 log lines: one line each, without what was typed, held or named": (
        "web/test_logs.py::test_a_line_stays_one_line_whatever_it_holds",
        "web/test_logs.py::test_a_request_is_one_line_without_names_or_words",
        "web/test_logs.py::test_what_is_typed_held_or_named_stands_in_no_line_of_the_server",
    ),
    "88 a stolen backup: encrypted, its key elsewhere": (
        "workspace/test_backups.py::test_an_encrypted_backup_opens_with_its_key_alone",
        "workspace/test_backups.py::test_a_key_goes_into_a_new_file_outside_the_data_folder",
        "test_cli_keeping.py::test_the_secret_key_of_backups_never_goes_into_the_data_folder",
        "test_cli_keeping.py::test_a_backup_says_that_it_is_not_encrypted_and_one_with_a_key_opens_with_it",
    ),
    "89 secrets: the owner's alone or refused at start, on no command line, in no error or child": (
        "post/test_credentials.py::test_a_file_that_others_may_open_is_refused",
        "test_secrets.py::test_a_server_whose_password_file_others_may_read_does_not_start",
        "test_secrets.py::test_what_a_data_folder_holds_is_its_owners",
        "test_secrets.py::test_no_command_takes_a_secret_as_a_word_that_others_see",
        "extract/test_process.py::test_a_child_is_bounded_alone_and_without_environment",
        "post/test_smtp.py::test_an_answer_is_one_short_line_and_never_the_password",
    ),
    "90 no page for developers, no password that is there already": (
        "web/test_errors.py::test_a_defect_is_calm_outside_and_whole_in_the_log",
        "test_secrets.py::test_a_defect_opens_no_page_for_developers",
        "test_secrets.py::test_nobody_comes_into_a_new_network_but_by_its_one_time_link",
        "test_cli.py::test_init_prints_a_one_time_link_and_happens_once",
    ),
    "promised: signing out everywhere ends a download by range": (
        "web/test_account_pages.py::test_signing_out_everywhere_ends_a_download_by_range_and_a_deposit",
        "web/test_account_pages.py::test_signing_out_everywhere_cuts_a_download_that_is_under_way",
    ),
    "promised: a code of the app counts once, and so does a recovery code": (
        "workspace/test_second_step.py::test_a_code_is_taken_once_also_by_two_at_once_and_on_another_step",
        "workspace/test_second_step.py::test_a_recovery_code_opens_once_however_it_is_typed",
        "workspace/test_second_step.py::test_of_two_at_once_with_one_recovery_code_one_comes_in",
        "journeys/test_keys.py::test_a_code_opens_once_a_recovery_code_opens_once_and_each_step_has_a_new_session",
    ),
    "promised: guessing, ten in a quarter of an hour, then pauses that grow, after a restart too": (
        "web/test_signin.py::test_too_many_tries_must_wait",
        "workspace/test_signing_in.py::test_ten_attempts_then_waiting_for_the_account_and_the_address_also_after_a_restart",
        "workspace/test_throttle.py::test_ten_within_a_quarter_of_an_hour_then_pauses_that_double_up_to_four_hours",
        "workspace/test_throttle.py::test_pauses_survive_a_restart_and_the_upkeep_of_short_visits",
    ),
    "promised: a digest made before a grant is withdrawn tells nothing of that folder": (
        "workspace/test_digests.py::test_a_digest_made_before_and_sent_after_a_grant_is_withdrawn_shows_nothing",
    ),
    "promised: clocks that are wrong": (
        "workspace/test_second_step.py::test_a_phone_may_be_half_a_minute_off_and_no_more",
        "workspace/test_own_keys.py::test_an_app_counts_once_a_code_confirmed_it_and_a_wrong_clock_is_told",
        "workspace/test_signing_in.py::test_a_clock_that_jumps_revives_no_session",
        "workspace/test_throttle.py::test_a_clock_that_was_far_ahead_holds_nobody_when_it_is_right_again",
    ),
    "promised: a mail server that is down, slow, or refuses one address": (
        "workspace/test_mailing.py::test_a_server_that_is_down_loses_nothing",
        "workspace/test_mailing.py::test_a_refused_address_is_told_to_stewards_with_the_answer_and_tried_no_more",
        "post/test_smtp.py::test_a_server_that_is_down_is_left_alone_for_a_while",
        "post/test_smtp.py::test_a_server_that_hangs_before_the_message_is_tried_later_and_after_it_unsure",
        "post/test_smtp.py::test_an_unknown_address_is_refused_before_anything_is_given",
        "web/test_mail_pages.py::test_stewards_see_refusals_and_send_again",
    ),
    "promised: expired, used, forged and foreign links open nothing": (
        "workspace/test_signing_in.py::test_a_link_ends_with_time_with_the_next_one_and_with_the_account",
        "workspace/test_invites.py::test_a_forged_foreign_or_expired_link_opens_nothing",
        "workspace/test_email_changes.py::test_a_link_of_another_purpose_or_of_a_closed_account_confirms_nothing",
        "web/test_mail_pages.py::test_a_forged_or_foreign_link_is_like_one_that_never_was",
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", HELD)
def test_every_line_of_the_list_has_its_tests(line: str) -> None:
    for test in HELD[line]:
        path, _, name = test.partition("::")
        assert name in names_of_tests(path), f"{line}: {test}"


def test_every_number_of_this_chapter_is_there() -> None:
    numbers = {
        int(first) for first, _, _ in (line.partition(" ") for line in HELD) if first.isdigit()
    }
    # 83: when people sign in by OpenID Connect; 85: webhooks; 87: with the access log's chain.
    assert numbers == {*range(78, 91)} - {83, 85, 87}
