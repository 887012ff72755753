"""What all commands share: the workspace they find, how they show things, how they fail."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import msgspec

from labelport.app.context import Progress
from labelport.client.workspace import Workspace
from labelport.errors import InvalidError, LabelportError, RequestError
from labelport.local import workspace

FOLDER = ".labelport"
VARIABLE = "LABELPORT_WORKSPACE"
P = ParamSpec("P")
R = TypeVar("R")


def with_json(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON for machines; progress as NDJSON events.")(
        command
    )


def with_workspace(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--workspace`."""
    return click.option(
        "--workspace",
        "where",
        type=click.Path(path_type=Path),
        help=f"The workspace's folder; otherwise ${VARIABLE}, or {FOLDER}/ here or above.",
    )(command)


def failing(command: Callable[P, R]) -> Callable[P, R]:
    """Say what failed in one line (each fault in a line of its own) and leave with the error's exit code."""

    @wraps(command)
    def run(*args: P.args, **given: P.kwargs) -> R:
        try:
            return command(*args, **given)
        except InvalidError as e:
            click.echo("error: " + "\n  ".join([str(e).partition(": ")[0], *map(str, e.faults)]), err=True)
            sys.exit(e.exit)
        except LabelportError as e:
            click.echo(f"error: {e}", err=True)
            sys.exit(e.exit)

    return run


def opened(where: Path | None, *, as_json: bool = False, workers: int = 1) -> Workspace:
    """Open the workspace that is named, or found; raises `RequestError` where there is none."""
    return workspace(where or found(), workers=workers, progress=_told if as_json else _Bar())


def found() -> Path:
    """Return the workspace of this place."""
    named = os.environ.get(VARIABLE)  # noqa: TID251  the command line is an entry point
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FOLDER).is_dir():
            return folder / FOLDER
    raise RequestError(
        f"no workspace here or above: `labelport init` makes one, or name it with --workspace or ${VARIABLE}"
    )


def show(value: object, *, as_json: bool, text: Callable[[], str]) -> None:
    """Write a value as JSON or as text."""
    click.echo(msgspec.json.encode(value).decode() if as_json else text())


def table(rows: list[tuple[Any, ...]], head: tuple[str, ...]) -> str:
    """Return rows as columns."""
    cells = [head, *(tuple("" if value is None else str(value) for value in row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def _told(progress: Progress) -> None:
    click.echo(msgspec.json.encode({"event": "progress", **msgspec.structs.asdict(progress)}).decode(), err=True)


class _Bar:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def __call__(self, progress: Progress) -> None:
        if not self._on:
            return
        if progress.total:
            part = progress.done / progress.total
            filled = "█" * round(part * 30)
            line = f"{progress.step} {filled:<30} {progress.done:,}/{progress.total:,} {progress.unit}"
        else:
            line = f"{progress.step} {progress.done:,} {progress.unit}"
        end = "\n" if progress.done == progress.total else ""
        click.echo(f"\r{line}{end}", nl=False, err=True)
