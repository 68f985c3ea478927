"""Commands that are given the words of a search, of which some begin with a dash."""

from __future__ import annotations

from typing import Any, NoReturn

import click


class Worded(click.Command):
    """A command whose argument `words` takes `-alcool` for a word to exclude, as the page does.

    What begins with two dashes is an option, and refused when there is none of that name. A
    command without any word is wrong usage.
    """

    def __init__(self, *args: Any, **given: Any) -> None:
        # Without -h: -hépatite would be h, é, p…, and h an option.
        known = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
        super().__init__(*args, **{**given, "context_settings": known})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's, and then the words are looked at."""
        options = args[: args.index("--")] if "--" in args else list(args)
        rest = super().parse_args(ctx, ["--help"] if "-h" in options else args)
        if ctx.resilient_parsing:
            return rest
        words = ctx.params["words"]
        for word in words:
            if word.startswith("--") and word in options:
                self._refuse(ctx, word)
        if not any(word.strip() for word in words):
            asked = next(one for one in self.params if one.name == "words")
            raise click.MissingParameter(ctx=ctx, param=asked)
        return rest

    def _refuse(self, ctx: click.Context, word: str) -> NoReturn:
        name = word.partition("=")[0]
        known = [name for one in self.get_params(ctx) for name in one.opts if name[:2] == "--"]
        raise click.NoSuchOption(name, possibilities=known, ctx=ctx)
