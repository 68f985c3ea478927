"""How long what is on its way, or nobody's any more, is kept: no setting changes it."""

from __future__ import annotations

from datetime import timedelta

DRAFT_SECONDS = 7 * 24 * 3600  # of a deposit that was broken off
GRACE_SECONDS = 24 * 3600  # of bytes that nothing names
LETTER_DAYS = 180  # of letters that left, or have no object any more
UNANSWERED_FOR = timedelta(days=90)  # of invitations that ended
