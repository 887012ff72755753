"""The page of the command line, from the commands' own help."""

from collections.abc import Iterator

import click
from docs.generate.markdown import block, code, page, table

from labelport.cli.main import main
from labelport.cli.overview import COMMANDS, overview
from labelport.cli.page import examples, prose

EXIT_CODES = (
    ("0", "Done."),
    ("1", "Failed: the message says what, why and what to do. Also: `verify` or `audit verify` found a fault."),
    ("2", "The request is wrong: change it."),
    (
        "3",
        (
            "Done, but not with everything: an import rejected something. With `--strict` also: an export skipped or"
            " dropped something; an import left keys unread, or did not find media."
        ),
    ),
    ("130", "Interrupted; the message says how to go on."),
)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, a group before its commands."""
    for name in COMMANDS:
        found = main.get_command(click.Context(main), name)
        if found is None:
            raise LookupError(name)
        yield name, found
        if isinstance(found, click.Group):
            for inner, command in found.commands.items():
                yield f"{name} {inner}", command


def cli_page() -> str:
    """Return the page."""
    return page(
        "Command line",
        block("text", overview(), "the overview as `labelport --help` prints it"),
        "Results go to the standard output, errors and progress to the standard error. With `--json` results are JSON, "
        "progress and errors are NDJSON events. A command looks for its workspace in `--workspace`, then in "
        "`$LABELPORT_WORKSPACE`, then for `.labelport/` here and in the folders above. Colours are left out where the "
        "output is no terminal, or `NO_COLOR` is set.",
        "## Exit codes\n\n" + table(("code", "meaning"), EXIT_CODES),
        *(part for name, command in commands() for part in _command(name, command)),
    )


def _command(name: str, command: click.Command) -> Iterator[str]:
    depth = "###" if " " in name else "##"
    yield f"{depth} labelport {name}"
    context = click.Context(command, info_name=f"labelport {name}")
    yield code(" ".join([f"labelport {name}", *command.collect_usage_pieces(context)]))
    yield prose(command)
    yield block("sh", "\n".join(examples(command)), "names are examples; the tutorial and the how-to pages run")
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield table(("option", "", "default"), [_option(one) for one in options])


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in option.opts)
    value = "" if option.is_flag else f" {code(_value(option))}"
    default = option.default
    shown = "" if option.is_flag or default is None or not option.show_default else code(_text(default))
    many = " Repeatable." if option.multiple else ""
    return f"{names}{value}", f"{option.help}{many}", shown


def _value(option: click.Option) -> str:
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.type.name.upper().removesuffix(" RANGE")


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
