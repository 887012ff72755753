"""The commands of `labelport`, each loaded when it is called."""

import os
from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from labelport.cli.overview import COMMANDS, overview


class Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, in the order of the overview."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"labelport.cli.{cmd_name}_")
        found = module.command
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; one that is not known is answered with the nearest that is."""
        near = get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near and not args[0].startswith("-"):
            ctx.fail(f"no command named {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Load and run the command; Ctrl-C has its own exit code even before the command has begun."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from labelport.cli.surface import interrupted  # noqa: PLC0415  help does not need it

            interrupted("interrupted: nothing was begun", as_json=False)

    def get_help(self, ctx: click.Context) -> str:
        """Return the overview."""
        del ctx
        return overview()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without loading any; options where one is begun."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=about) for name, about in COMMANDS.items() if name.startswith(incomplete)]


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(None, "-V", "--version", package_name="labelport", message="%(package)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Keep annotation projects and ship them out."""
    if os.environ.get("NO_COLOR"):  # noqa: TID251  the command line is an entry point
        ctx.color = False
