"""Commands whose help shows their examples as a section, one a line, as they are typed."""

from inspect import cleandoc

import click

HEAD = "Examples:"


class Page(click.Command):
    """A command; the paragraph of its docstring that begins with `Examples:` becomes a section."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, and examples."""
        write(self, ctx, formatter)


class Pages(click.Group):
    """A group of such commands."""

    command_class = Page

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the group is for, and examples."""
        write(self, ctx, formatter)


def write(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the prose of a command, then its examples."""
    del ctx
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(prose(command))
    with formatter.section(HEAD.rstrip(":")):
        for line in examples(command):
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")


def prose(command: click.Command) -> str:
    """Return what a command does."""
    return cleandoc((command.help or "").partition(HEAD)[0])


def examples(command: click.Command) -> list[str]:
    """Return the examples of a command."""
    return [line.strip() for line in (command.help or "").partition(HEAD)[2].strip().splitlines()]
