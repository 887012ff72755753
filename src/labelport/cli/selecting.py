"""The options that select tasks, the same in every command."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import reduce
from typing import Any, ParamSpec, TypeVar, get_args

import click
import msgspec

from labelport.client.class_maps import class_number
from labelport.client.params import FILTERS, selection_of
from labelport.client.searches import SEARCHES, searched
from labelport.client.workspace import Project
from labelport.errors import NotFoundError, RequestError, unknown
from labelport.model.export import EVERY, Selection, State
from labelport.model.geometry import KINDS
from labelport.model.workflow import Status

P = ParamSpec("P")
R = TypeVar("R")
METADATA = "metadata."
_OPTIONS = (
    click.option("--task", "tasks", multiple=True, metavar="ID", help="A task by its id."),
    click.option("--name", "names", multiple=True, help="A task's name."),
    click.option(
        "--search",
        type=click.Choice(SEARCHES),
        help="A search: what waits, was skipped, failed in review ...; at the first --stage, by --user.",
    ),
    click.option("--user", help="With --search: who holds the tasks, or handed them in."),
    click.option("--stage", "stages", multiple=True, help="A stage of the workflow."),
    click.option("--status", "statuses", multiple=True, type=click.Choice(get_args(Status)), help="A status."),
    click.option("--batch", "batches", multiple=True, help="A batch by its id or name."),
    click.option("--class", "class_names", multiple=True, help="A class by its name or number: tasks that hold it."),
    click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(KINDS),
        metavar="KIND",
        help="A kind of annotation, such as box: tasks that hold it.",
    ),
    click.option("--state", "states", multiple=True, type=click.Choice(get_args(State)), help="A state."),
    click.option(
        "--filter",
        "filters",
        multiple=True,
        metavar="KEY=VALUE",
        help="Any other filter, a range of dates as FROM..TO, or a metadata field.",
    ),
    click.option("--zone", default="UTC", show_default=True, help="The time zone of dates that state none."),
)


def selecting(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options."""
    return reduce(lambda found, option: option(found), reversed(_OPTIONS), command)


def selection(given: Mapping[str, Any], project: Project) -> Selection:
    """Return the selection of the options; raises for a class, batch or filter that is not known."""
    if given["user"] is not None and given["search"] is None:
        raise RequestError("--user goes with --search; of all tasks, --filter assignees=ID selects those of a person")
    names = ("tasks", "names", "stages", "statuses", "batches", "kinds", "states")
    found: dict[str, Any] = {name: list(given[name]) for name in names if given[name]}
    if given["class_names"]:
        found["classes"] = list(given["class_names"])
    for text in given["filters"]:
        key, equals, value = text.partition("=")
        if not equals:
            raise RequestError(f"--filter takes KEY=VALUE, not {text!r}")
        if key not in FILTERS:
            found.setdefault("metadata", {})[_field(key)] = value
        elif FILTERS[key] == "list":
            found.setdefault(key, []).extend(_several(value))
        else:
            found[key] = _one(key, value)
    for key, number in (("classes", _class), ("batches", _batch)):
        if key in found:
            found[key] = [number(project, str(name)) for name in found[key]]
    if given["search"] is None:
        return selection_of(found, given["zone"])
    return _searched(given, project, found)


def _searched(given: Mapping[str, Any], project: Project, found: dict[str, Any]) -> Selection:
    """Return the tasks that a search means and that meet the other options too."""
    stage = found.pop("stages", [None])
    if len(stage) > 1:
        raise RequestError("--search looks at one --stage")
    completed = found.pop("completed_at", None) if given["search"] == "completed" else None
    others = selection_of(found, given["zone"])
    span = selection_of({"completed_at": completed}, given["zone"]).completed_at if completed else None
    wanted = searched(given["search"], project.stages(), stage=stage[0], user=given["user"], completed_at=span)
    asked = {name for name in Selection.__struct_fields__ if getattr(others, name) != getattr(EVERY, name)}
    if twice := [name for name in asked if getattr(wanted, name) != getattr(EVERY, name)]:
        raise RequestError(f"--search {given['search']} says already which {', '.join(sorted(twice))}")
    return msgspec.structs.replace(wanted, **{name: getattr(others, name) for name in asked})


def present(project: Project, tasks: tuple[str, ...], at: int | None) -> None:
    """Raise `NotFoundError` where a task that is asked for by its id is not there."""
    there = {task.id for task in project.tasks(Selection(tasks=tasks), at=at)} if tasks else set()
    if missing := [task for task in tasks if task not in there]:
        raise NotFoundError(f"no task {missing[0]!r} in {project.name!r}: `labelport tasks` lists them")


def _several(text: str) -> list[object]:
    """Return the values of a filter that takes several: a JSON list, or one text."""
    value = _json(text) if text.startswith("[") else text
    return value if isinstance(value, list) else [value]


def _one(key: str, text: str) -> object:
    """Return the value of a filter: a range as FROM..TO, JSON where it is JSON, or a text."""
    start, dots, end = text.partition("..")
    return [start or None, end or None] if FILTERS[key] == "range" and dots else _json(text)


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _field(key: str) -> str:
    """Return the metadata field of a filter; raises `NotFoundError` for what looks like a misspelt filter."""
    if not key.startswith(METADATA) and get_close_matches(key, FILTERS, n=1, cutoff=0.8):
        error = unknown("filter", key, FILTERS)
        raise NotFoundError(f"{error} (a metadata field of that name is written {METADATA}{key}=VALUE)")
    return key.removeprefix(METADATA)


def _class(project: Project, name: str) -> int:
    return class_number(project.info().classes, name)


def _batch(project: Project, name: str) -> str:
    batches = project.info().batches
    if name in batches:
        return name
    by_name = {called: id_ for id_, called in batches.items()}
    if name not in by_name:
        raise unknown("batch", name, [*batches, *by_name])
    return by_name[name]
