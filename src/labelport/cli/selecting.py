"""The options that select tasks, the same in every command."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, ParamSpec, TypeVar

import click
import msgspec

from labelport.client.params import selection_of
from labelport.client.workspace import Project
from labelport.errors import RequestError, unknown
from labelport.model.export import Selection

P = ParamSpec("P")
R = TypeVar("R")
_OPTIONS = (
    click.option("--task", "tasks", multiple=True, help="A task's id."),
    click.option("--name", "names", multiple=True, help="A task's name."),
    click.option("--stage", "stages", multiple=True, help="A stage of the workflow."),
    click.option("--status", "statuses", multiple=True, help="A status, such as in_review or done."),
    click.option("--batch", "batches", multiple=True, help="A batch's id."),
    click.option("--class", "class_names", multiple=True, help="A class's name or number: tasks that hold it."),
    click.option("--kind", "kinds", multiple=True, help="A kind of annotation: tasks that hold it."),
    click.option(
        "--state", "states", multiple=True, type=click.Choice(["labelled", "empty", "unlabelled"]), help="A state."
    ),
    click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="A filter, or a metadata field."),
)


def selecting(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options."""
    return reduce(lambda found, option: option(found), reversed(_OPTIONS), command)


def selection(given: Mapping[str, Any], project: Project) -> Selection:
    """Return the selection of the options; raises for a class or filter that is not known."""
    names = ("tasks", "names", "stages", "statuses", "batches", "kinds", "states")
    found: dict[str, Any] = {name: tuple(given[name]) for name in names if given[name]}
    metadata: dict[str, str] = {}
    for text in given["filters"]:
        key, equals, value = text.partition("=")
        if not equals:
            raise RequestError(f"--filter takes KEY=VALUE, not {text!r}")
        if key in Selection.__struct_fields__ or key == "workflow_status":
            found |= {key: _value(value)}
        else:
            metadata[key] = value
    if metadata:
        found["metadata"] = metadata
    if given["class_names"]:
        found["classes"] = tuple(_class(project, name) for name in given["class_names"])
    return selection_of(found)


def _value(text: str) -> object:
    """Return a filter's value: JSON where it is JSON, a text otherwise."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _class(project: Project, name: str) -> int:
    classes = {one.name: one.number for one in project.info().classes}
    if name.isdigit() and int(name) in classes.values():
        return int(name)
    if name not in classes:
        raise unknown("class", name, classes)
    return classes[name]
