"""`labelport completion`."""

import click
from click.shell_completion import get_completion_class

from labelport.cli.main import main
from labelport.cli.page import Page
from labelport.cli.surface import failing
from labelport.errors import RequestError


@click.command("completion", cls=Page)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@failing
def command(shell: str) -> None:
    """Print the completion script of SHELL; it completes commands, options, projects, formats and exports.

    Examples:
      eval "$(labelport completion bash)"                                        # in ~/.bashrc
      eval "$(labelport completion zsh)"                                         # in ~/.zshrc
      labelport completion fish > ~/.config/fish/completions/labelport.fish

    """
    kind = get_completion_class(shell)
    if kind is None:
        raise RequestError(f"no completion for {shell!r}")
    click.echo(kind(main, {}, "labelport", "_LABELPORT_COMPLETE").source())
