"""The commands as click has them, each imported when it is called."""

from importlib import import_module

import click

from labelport.cli.page import COMMANDS, page


class Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, in the order of the list."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"labelport.cli.{cmd_name}_").command
        return found if isinstance(found, click.Command) else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, which shows without click too."""
        del ctx
        formatter.write(page())


@click.group("labelport", cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="labelport")
def group() -> None:
    """Keep annotation projects and ship them out."""
