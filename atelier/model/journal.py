"""Who did what, for which organisation, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """What was done, as the journal keeps it."""

    FOLDER_MADE = "folder_made"
    FOLDER_RENAMED = "folder_renamed"
    FOLDER_MOVED = "folder_moved"
    FOLDER_CLOSED = "folder_closed"
    FOLDER_OPENED = "folder_opened"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    DEPOSITED = "deposited"
    REVISED = "revised"
    RESTORED = "restored"
    LABELLED = "labelled"
    DOCUMENT_RENAMED = "document_renamed"
    DOCUMENT_MOVED = "document_moved"
    DOCUMENT_REMOVED = "document_removed"
    DOCUMENT_RESTORED = "document_restored"
    DOCUMENT_PURGED = "document_purged"
    FOLDER_REMOVED = "folder_removed"
    FOLDER_RESTORED = "folder_restored"
    FOLDER_PURGED = "folder_purged"
    ORGANISATION_LEFT = "organisation_left"
    ORGANISATION_MERGED = "organisation_merged"
    SEEN_AS = "seen_as"
    TAKEN_OVER = "taken_over"
    STEWARD_JOINED = "steward_joined"
    REQUEST_REFUSED = "request_refused"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    FOLDER_LIMITED = "folder_limited"
    DROP_BOUND = "drop_bound"
    DROP_PAUSED = "drop_paused"
    DROP_RESUMED = "drop_resumed"
    DROP_UNBOUND = "drop_unbound"
    FINDING_SETTLED = "finding_settled"
    VERSION_PURGED = "version_purged"
    MEETING_MADE = "meeting_made"
    MEETING_CHANGED = "meeting_changed"
    MEETING_MOVED_ON = "meeting_moved_on"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_REVIVED = "meeting_revived"
    AGENDA_CHANGED = "agenda_changed"
    PAPER_PINNED = "paper_pinned"
    PAPER_UNPINNED = "paper_unpinned"
    MINUTES_WRITTEN = "minutes_written"
    ATTENDANCE_TAKEN = "attendance_taken"
    DECISION_TAKEN = "decision_taken"
    DECISION_CHANGED = "decision_changed"
    DECISION_REMOVED = "decision_removed"
    TODO_ADDED = "todo_added"
    TODO_CHANGED = "todo_changed"
    TODO_DONE = "todo_done"
    TODO_REOPENED = "todo_reopened"
    TODO_REMOVED = "todo_removed"
    MINUTES_DEPOSITED = "minutes_deposited"
    MINUTES_APPROVED = "minutes_approved"
    MINUTES_REOPENED = "minutes_reopened"
    PAST_TAKEN = "past_taken"
    HANDED_OVER = "handed_over"


class NetworkVerb(StrEnum):
    """What was done to organisations, people and groups, as the network's journal keeps it."""

    ORGANISATION_ADDED = "organisation_added"
    ORGANISATION_CHANGED = "organisation_changed"
    ORGANISATION_LEFT = "organisation_left"
    ORGANISATION_MERGED = "organisation_merged"
    PERSON_ADDED = "person_added"
    MEMBERSHIP_ADDED = "membership_added"
    MEMBERSHIP_CHANGED = "membership_changed"
    PERSON_DISABLED = "person_disabled"
    PERSON_ENABLED = "person_enabled"
    STEWARD_CHANGED = "steward_changed"
    LINK_ISSUED = "link_issued"
    TOP_FOLDERS_ALLOWED = "top_folders_allowed"
    GROUP_ADDED = "group_added"
    GROUP_RENAMED = "group_renamed"
    SEATED = "seated"
    UNSEATED = "unseated"
    APPOINTED = "appointed"
    DISMISSED = "dismissed"
    ACCESS_LOG_READ = "access_log_read"
    ORGANISATION_LIMITED = "organisation_limited"
    WORKSPACE_EXPORTED = "workspace_exported"
    TERM_ADDED = "term_added"
    TERM_CHANGED = "term_changed"
    TERM_REMOVED = "term_removed"
    GLOSSARY_IMPORTED = "glossary_imported"
    LETTER_SENT_AGAIN = "letter_sent_again"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    EMAIL_CHANGED = "email_changed"
    SESSIONS_ENDED = "sessions_ended"
    OWN_DATA_EXPORTED = "own_data_exported"
    PERSON_ERASED = "person_erased"
    INVITED = "invited"
    INVITE_RENEWED = "invite_renewed"
    INVITE_WITHDRAWN = "invite_withdrawn"
    INVITE_ACCEPTED = "invite_accepted"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    CODES_RENEWED = "codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    KEYS_REMOVED = "keys_removed"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a folder's journal, or of the network's; `facts` are short texts by name."""

    id: int
    at: datetime
    person: str
    organisation: str
    verb: Verb | NetworkVerb
    facts: dict[str, str]
