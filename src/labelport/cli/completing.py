"""Completion of names that only the workspace or the installed formats know, and the option of a project."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import ParamSpec, TypeVar

import click
from click.shell_completion import CompletionItem

from labelport.cli.finding import found
from labelport.client.workspace import Workspace
from labelport.errors import LabelportError
from labelport.local import workspace
from labelport.registry import formats

MANY = 50
P = ParamSpec("P")
R = TypeVar("R")
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def format_names(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the formats."""
    del ctx, parameter
    return [CompletionItem(name) for name in formats() if name.startswith(begun)]


def _of_workspace(names: Callable[[Workspace], Iterable[tuple[str, str]]]) -> Complete:
    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        del parameter
        try:
            space = workspace(ctx.params.get("where") or found())
            offered = list(names(space))
        except (LabelportError, OSError):
            return []
        return [CompletionItem(name, help=about) for name, about in offered if name.startswith(begun)]

    return complete


project_names = _of_workspace(lambda space: ((one.name, f"{one.tasks:,} tasks") for one in space.projects()))
export_ids = _of_workspace(
    lambda space: ((one.id, f"{one.status} {one.destination}") for one in islice(space.exports(), MANY))
)


def with_project(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--project`, which names one where there are several."""
    text = "The project's name or id; needed where the workspace has several."
    return click.option("--project", help=text, shell_complete=project_names)(command)
