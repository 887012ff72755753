"""A request looked at before anything is done: what cannot be met is told, with what is allowed."""

import re
from collections.abc import Iterable
from typing import get_args

from labelport.app import classmap
from labelport.app.context import App
from labelport.app.shards import classes_of, lanes
from labelport.errors import NotFoundError, RequestError, unknown
from labelport.model.check import faults
from labelport.model.export import FIELDS, ExportRequest, Selection, Split
from labelport.model.geometry import KINDS
from labelport.model.label import Source
from labelport.model.workflow import Status
from labelport.registry import format_named
from labelport.store import names
from labelport.store.db import OPEN
from labelport.store.store import Project

_PART = re.compile(r"[\w-]([\w -]*[\w-])?")
"""What a part of a split may be called: it is a folder."""


def sound(request: ExportRequest) -> None:
    """Raise `RequestError` where a value is not of its type, or out of its bounds."""
    if wrong := list(faults(request)):
        raise RequestError("the request is not valid: " + "; ".join(map(str, wrong)))


def check(app: App, project: Project, request: ExportRequest, cut: int) -> None:
    """Raise `RequestError` for what cannot be met at a cut; the request is sound."""
    if request.since is not None and request.since > cut:
        raise RequestError(f"the export would begin at change {request.since}, behind its cut at {cut}")
    _among("field", request.fields, FIELDS)
    if len(set(request.formats)) < len(request.formats):
        raise RequestError("a format is named twice")
    if extra := sorted(set(request.options) - set(request.formats)):
        raise RequestError(f"options are given for {extra[0]!r}, which is not among the formats")
    if request.split:
        _split(request.split, request.since)
    if request.class_map:
        classmap.check(request.class_map, names.classes(app.store.db, project.log, OPEN - 1))
    _each_stage(request)
    for lane in lanes(request, classes_of(app.store, project.log, request, cut)):
        if request.verify == "deep" and lane.format.decode is None:
            raise RequestError(f"format {lane.name!r} has no reader, so it cannot be verified deeply: ask for 'counts'")
    _selection(app, project, request.selection)


def _each_stage(request: ExportRequest) -> None:
    """Raise `RequestError` where labels of each stage have no place, or would be in other classes than the others."""
    if request.labels != "each-stage":
        return
    if "stage_history" not in request.fields:
        raise RequestError("labels of each stage stand in the stage history: ask for the field 'stage_history'")
    if request.class_map:
        raise RequestError("labels of each stage are as they were: they cannot be asked for with other classes")
    for name in request.formats:
        if "*" not in format_named(name).carries.features:
            raise RequestError(f"format {name!r} has no place for labels of each stage: 'json' and 'ndjson' have")


def _selection(app: App, project: Project, selection: Selection) -> None:
    """Raise `NotFoundError` for what no task can ever meet: a misspelt word would select nothing, and say nothing."""
    _among("status", selection.statuses, get_args(Status))
    _among("kind", selection.kinds, KINDS)
    _among("source", selection.sources, get_args(Source))
    if selection.classes:
        known = {one.number: one.name for one in names.classes(app.store.db, project.log, OPEN - 1)}
        for number in selection.classes:
            if number not in known:
                there = ", ".join(f"{number} {name!r}" for number, name in known.items()) or "none"
                raise NotFoundError(f"no class with number {number}; there are: {there}")


def _split(split: Split, since: int | None) -> None:
    if since is not None and split.stratify == "class" and split.by != "task":
        raise RequestError(
            f"a split by {split.by!r} that is stratified by class cannot be a delta: a task that did not change moves "
            "with its group when that is first labelled; export all, or stratify by a metadata field"
        )
    total = sum(split.shares.values())
    if abs(total - 1) > 1e-9:
        raise RequestError(f"the shares of a split add up to 1, not {total:g}")
    seen: set[str] = set()
    for name in split.shares:
        if not _PART.fullmatch(name) or name.casefold() in seen:
            raise RequestError(
                f"part {name!r} of the split: a part is a folder, named by letters, digits, '-' and '_', once"
            )
        seen.add(name.casefold())


def _among(kind: str, asked: Iterable[str], known: tuple[str, ...]) -> None:
    for name in asked:
        if name not in known:
            raise unknown(kind, name, known)
