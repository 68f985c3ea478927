"""The command that tells how long each kind of data is kept: by the settings in force, or for good.

The papers of the law (`docs/loi/`) are filled in from it; the page on data shows the same.
"""

from __future__ import annotations

from dataclasses import asdict

from atelier.cli.asked import Asked, command, voice
from atelier.web.durations import Duration, durations, told


def _line(one: Duration) -> str:
    if one.value is None:
        return one.about
    setting = f"  ({one.setting})" if one.setting else ""
    return f"{one.about} : {told(one, voice())}{setting}"


@command("durations", acts=False)
def tell_durations(asked: Asked) -> None:
    """Tell how long each kind of data is kept, by the settings in force.

    For the register and the privacy notice: see docs/loi. What names a setting can be changed.
    """
    found = list(durations(asked.settings(), voice().text))
    asked.tell({"durations": [asdict(one) for one in found]}, *map(_line, found))


COMMANDS = (tell_durations,)
