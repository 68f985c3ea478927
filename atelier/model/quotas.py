"""Quotas: how much may be kept, and how much is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Space:
    """What one folder with all below it, or one organisation, uses, in bytes.

    Every version counts, in the trash too, and deposits under way. `quota_bytes` is None
    where nothing limits it.
    """

    used_bytes: int
    quota_bytes: int | None

    @property
    def left_bytes(self) -> int | None:
        """What may still come, never below zero; None without a quota."""
        return None if self.quota_bytes is None else max(0, self.quota_bytes - self.used_bytes)

    def fits(self, size_bytes: int) -> bool:
        """Whether so much more may come; nothing may where more is used than the quota."""
        return self.quota_bytes is None or self.used_bytes + size_bytes <= self.quota_bytes
