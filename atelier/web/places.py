"""Where the templates stand: beside the package when installed, one level up in a checkout."""

from __future__ import annotations

from pathlib import Path

import atelier


def templates_folder() -> Path:
    """The folder of templates and static files: `atelier/templates`, else one level up."""
    package = Path(atelier.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
