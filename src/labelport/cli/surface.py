"""What all commands share: how they show things, and how they fail."""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

import click
import msgspec

from labelport.cli import progress
from labelport.errors import InvalidError, LabelportError

STRICT = 3
INTERRUPTED = 130
VARIABLE = "LABELPORT_WORKSPACE"
FOLDER = ".labelport"
P = ParamSpec("P")
R = TypeVar("R")


def with_json(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json`."""
    text = "Write JSON for machines; progress and errors as NDJSON events on the standard error."
    return click.option("--json", "as_json", is_flag=True, help=text, callback=_inherited)(command)


def with_workspace(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--workspace`."""
    return click.option(
        "--workspace",
        "where",
        type=click.Path(path_type=Path),
        callback=_inherited,
        help=f"The workspace's folder; otherwise ${VARIABLE}, or {FOLDER}/ here or above.",
    )(command)


def failing(command: Callable[P, R]) -> Callable[P, R]:
    """Say what failed, one fault a line, and leave with the error's exit code."""

    @wraps(command)
    def run(*args: P.args, **given: P.kwargs) -> R:
        as_json = bool(given.get("as_json"))
        try:
            return command(*args, **given)
        except LabelportError as e:
            fail(str(e), e, as_json=as_json)
        except BrokenPipeError:
            raise
        except OSError as e:
            fail(f"{e.filename or 'system'}: {e.strerror or e}", e, as_json=as_json)
        except KeyboardInterrupt:
            interrupted("interrupted", as_json=as_json)

    return run


def fail(text: str, error: Exception, *, as_json: bool) -> NoReturn:
    """Write an error to the standard error and leave."""
    progress.clear()
    code = error.exit if isinstance(error, LabelportError) else 1
    faults = error.faults if isinstance(error, InvalidError) else ()
    if as_json:
        kind = type(error).__name__ if isinstance(error, LabelportError) else LabelportError.__name__
        progress.event("error", error=kind, message=text, exit=code, faults=faults)
    else:
        told = "\n  ".join([text.partition(": ")[0], *map(str, faults)]) if faults else text
        click.echo(f"{click.style('error:', fg='red', bold=True)} {told}", err=True)
    sys.exit(code)


def interrupted(text: str, *, as_json: bool) -> NoReturn:
    """Say what to do about work that was broken off, and leave."""
    progress.clear()
    if as_json:
        progress.event("interrupted", message=text, exit=INTERRUPTED)
    else:
        click.echo(text, err=True)
    sys.exit(INTERRUPTED)


def show(value: object, *, as_json: bool, text: Callable[[], str]) -> None:
    """Write a value as JSON or as text."""
    progress.clear()
    click.echo(msgspec.json.encode(value).decode() if as_json else text())


def table(rows: Sequence[Sequence[object]], head: tuple[str, ...]) -> str:
    """Return rows as columns: numbers to the right, a head above."""
    cells = [tuple("" if value is None else _cell(value) for value in row) for row in rows]
    widths = [max(len(row[i]) for row in (head, *cells)) for i in range(len(head))]
    right = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (head, *cells)
    ]
    return "\n".join([click.style(lines[0], dim=True), *lines[1:]])


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _inherited(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    """Return an option's value; what is not given here may be given to the group: `labelport exports --json show`."""
    above = ctx.parent.params.get(parameter.name or "") if ctx.parent else None
    return value or above


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
