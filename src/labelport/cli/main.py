"""The `labelport` command: a list of commands, each loaded when it is called."""

import os
from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

SECTIONS = {
    "Begin": {
        "demo": "A workspace with a sample project, exported in several formats.",
        "init": "Make a workspace here (.labelport/).",
        "import": "Bring annotations in from files.",
    },
    "Look": {
        "projects": "List projects, make one, or tell of one.",
        "tasks": "List tasks.",
        "formats": "List the formats and what they carry.",
    },
    "Ship": {
        "export": "Ship annotations out: any selection, any format, only what changed.",
        "exports": "The history: list, show, retry, reproduce, diff.",
        "fold": "Apply deltas to a full delivery.",
    },
    "Prove": {
        "verify": "Check a delivery against its manifest.",
        "audit": "Check the log, or sign where it stands.",
    },
    "Shell": {
        "completion": "Print the completion script of a shell.",
    },
}
"""Every command with what it is for; its module and function bear its name."""
COMMANDS = {name: about for section in SECTIONS.values() for name, about in section.items()}


class Lazy(click.Group):
    """A group that imports a command's module when the command is called, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, in the order of the list."""
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        del ctx
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), about) for name, about in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without loading any; options where one is begun."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=about) for name, about in COMMANDS.items() if name.startswith(incomplete)]


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(None, "-V", "--version", package_name="labelport", message="%(package)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    r"""Keep annotation projects and ship them out: any selection, any format, any place, only what changed.

    \b
    Examples:
      labelport demo
      labelport import coco instances.json --project cars
      labelport export --format coco --to delivery
      labelport COMMAND --help
    """
    if os.environ.get("NO_COLOR"):  # noqa: TID251  the command line is an entry point
        ctx.color = False
