"""`labelport completion`."""

import click
from click.shell_completion import get_completion_class

from labelport.cli.group import group
from labelport.errors import RequestError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    r"""Print the completion script of SHELL.

    \b
      eval "$(labelport completion bash)"
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise RequestError(f"no completion for {shell!r}")
    click.echo(kind(group, {}, "labelport", "_LABELPORT_COMPLETE").source())
