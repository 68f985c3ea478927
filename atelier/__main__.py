"""`python3 -m atelier`, from a wheel or from a bare clone: the environment, then the command."""

from __future__ import annotations

from atelier import bootstrap


def main() -> None:
    """Run the command line; in a checkout without dependencies, bring them first."""
    bootstrap.enter(bootstrap.RUNTIME_LOCK)
    from atelier.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
