"""A task made a record: its asset, labels, predictions, history, and what is said of it besides.

Data that is not the asset, and `meta`, are the record's metadata. Drafts are nobody's answer yet: they are kept as they
are in `extra`, with the counters and the other keys of `KEPT`. The record is named after the file of its asset.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from labelport.errors import Fault
from labelport.formats.label_studio.assets import asset, messages
from labelport.formats.label_studio.history import issues, visits
from labelport.formats.label_studio.labels import is_accepted, label, prediction, with_final
from labelport.formats.label_studio.media import Medium, is_address, media
from labelport.formats.label_studio.people import member, people_of
from labelport.formats.label_studio.results import Result, annotations_of, held, results
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.survey import Plan
from labelport.formats.label_studio.values import Fields, Object, identity, kept
from labelport.model.label import Label
from labelport.model.record import Record
from labelport.model.workflow import Member, Status, Workflow

KEPT = (
    "agreement",
    "annotators",
    "avg_lead_time",
    "cancelled_annotations",
    "comment_authors",
    "comment_count",
    "drafts",
    "file_upload",
    "ground_truth",
    "inner_id",
    "is_labeled",
    "last_comment_updated_at",
    "overlap",
    "project",
    "reviewers",
    "state",
    "storage_filename",
    "total_annotations",
    "total_predictions",
    "unresolved_comment_count",
    "updated_by",
)
"""Keys of a task that are kept as they are, in the record's `extra`."""
READ = frozenset(
    {"id", "data", "meta", "annotations", "completions", "predictions", "created_at", "updated_at", "completed_at"}
) | {"comments", *KEPT}
"""Keys of a task that are read."""
_TABLES = (".json", ".csv", ".tsv", ".txt", ".jsonl")
"""Uploads that hold many tasks: they name none of them."""
_encoder = msgspec.json.Encoder()


class Taken(NamedTuple):
    """What came of a task: the record (or none), everything wrong with it, and how many regions were lost."""

    name: str
    record: Record | None
    members: tuple[Member, ...]
    faults: tuple[Fault, ...]
    lost: int


def take(task: Object, path: str, plan: Plan, unread: Counter[str]) -> Taken:
    """Return what comes of a task."""
    name = identity(task.get("id")) or f"task-{int(path[2:-1] or 0) + 1}"
    annotations, predictions = annotations_of(task), _list(task.get("predictions"))
    everything = [*annotations, *predictions, *_list(task.get("drafts"))]
    mentioned = [result for given in everything for result in _mentioned(given)]
    used = list(dict.fromkeys(str(it.given["to_name"]) for it in mentioned if isinstance(it.given.get("to_name"), str)))
    scope = Scope(plan, media(task, used, plan), unread)
    scope.measure(task, mentioned)
    fields = Fields(task, path, scope.faults)
    scope.note(path, task, READ)
    key = "annotations" if "completions" not in task or task.get("annotations") else "completions"
    _refuse_other_lists(fields)
    spoken = messages(
        scope,
        {f"{path}.{key}[{at}]": given for at, given in enumerate(annotations)}
        | {f"{path}.predictions[{at}]": given for at, given in enumerate(predictions)},
    )
    labels = with_final(
        [label(given, f"{path}.{key}[{at}]", f"{name}-{at}", scope) for at, given in enumerate(annotations)]
    )
    guesses = tuple(
        prediction(given, f"{path}.predictions[{at}]", f"prediction-{name}-{at}", scope)
        for at, given in enumerate(predictions)
    )
    record = Record(
        id=name,
        name=_name(task, scope.main, name),
        asset=asset(name, scope, spoken, mentioned),
        workflow=_workflow(fields, labels),
        labels=labels,
        metadata=_metadata(task, scope.main) or None,
        predictions=guesses,
        issues=issues(fields, key, scope),
        stage_history=visits(annotations, f"{path}.{key}", scope),
        extra=kept(task, KEPT) or None,
    )
    return _checked(record, path, scope, held(task), tuple(_members(annotations)))


def _checked(record: Record, path: str, scope: Scope, regions: int, members: tuple[Member, ...]) -> Taken:
    """Refuse a record that cannot be written: one whose metadata is nested too deeply."""
    faults = tuple(sorted(scope.faults))
    try:
        _encoder.encode(record)
    except RecursionError:
        return Taken(record.id, None, (), (*faults, Fault(path, "is nested too deeply")), regions)
    return Taken(record.id, record, members, faults, scope.rejected)


def _refuse_other_lists(fields: Fields) -> None:
    for key in ("annotations", "completions", "predictions"):
        fields.items(key)


def _mentioned(given: object) -> Iterator[Result]:
    found = results(given.get("result") if isinstance(given, dict) else None, "$")
    for region in found.regions:
        yield from region.results


def _members(annotations: list[object]) -> Iterator[Member]:
    for given in annotations:
        for value in people_of(given) if isinstance(given, dict) else ():
            found = member(value)
            if found:
                yield found


def _name(task: Object, main: Medium, name: str) -> str:
    """Return the last part of the asset's address; else the uploaded file, unless it holds many tasks; else the id."""
    uris = main.uris()
    if len(uris) == 1 and not uris[0].startswith("data:"):
        last = uris[0].split("?")[0].rstrip("/").rpartition("/")[2]
        if last:
            return last
    upload = task.get("file_upload")
    if isinstance(upload, str) and upload and not upload.lower().endswith(_TABLES):
        return upload
    return name


def _metadata(task: Object, main: Medium) -> Object:
    data = task["data"] if isinstance(task["data"], dict) else {}
    meta = task.get("meta")
    found = {key: value for key, value in data.items() if key != main.key or not _is_whole(main)}
    for key, value in meta.items() if isinstance(meta, dict) else ():
        found[key if key not in found else f"meta.{key}"] = value
    if meta is not None and not isinstance(meta, dict):
        found["meta"] = meta
    return found


def _is_whole(main: Medium) -> bool:
    """Return whether the asset says everything that stands under its key."""
    if isinstance(main.value, str):
        return main.kind != "other" or is_address(main.value)
    items = main.value if isinstance(main.value, list) else []
    if main.kind == "conversation":
        return all(isinstance(item, dict) and len(item) <= 2 for item in items) and bool(items)
    return bool(items) and all(isinstance(item, str) for item in items)


def _workflow(fields: Fields, labels: tuple[Label, ...]) -> Workflow:
    final = next((it for it in labels if it.final), None)
    return Workflow(
        stage="review" if final is not None and final.reviews else "label",
        status=_status(final, fields.given.get("drafts")),
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        completed_at=fields.moment("completed_at"),
    )


def _status(final: Label | None, drafts: object) -> Status:
    if final is None:
        return "in_progress" if drafts else "queued"
    if is_accepted(final) or (final.extra or {}).get("ground_truth") is True:
        return "done"
    if final.skipped:
        return "skipped"
    rejected = bool(final.reviews) or (final.extra or {}).get("last_action") == "rejected"
    return "rework" if rejected else "submitted"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
