"""The `labelport` command: a list of commands, each loaded when it is called."""

from importlib import import_module

import click

COMMANDS = {
    "demo": "A workspace with a sample project, exported in several formats.",
    "init": "Make a local project directory (.labelport/).",
    "import": "Bring annotations in from files.",
    "projects": "List projects, or make one.",
    "tasks": "List tasks.",
    "export": "Ship annotations out: any selection, any format, only what changed.",
    "exports": "The history: list, show, retry, reproduce, diff.",
    "verify": "Check a delivery against its manifest.",
    "fold": "Apply deltas to a full delivery.",
    "audit": "Check the log, or sign where it stands.",
    "formats": "List the formats and what they carry.",
    "completion": "Print the shell completion script.",
}
"""Every command with what it is for; module and function bear its name."""


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="labelport")
def main() -> None:
    r"""Keep annotation projects and ship them out: any selection, any format, any place, only what changed.

    \b
    Try:
      labelport demo
      labelport import coco instances.json --project cars
      labelport export --project cars --format coco --to delivery
    """
