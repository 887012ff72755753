"""An annotation of a task made a label: regions, relations, reviews, author, times.

Of several annotations exactly one is final: the newest one that is ground truth; else the newest accepted one; else
the newest that was not cancelled (skipped); else the newest. Newest is the latest update, then the latest creation,
then the last in the file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from labelport.errors import Fault
from labelport.formats.label_studio.people import KEYS, person
from labelport.formats.label_studio.regions import Read, group_of, read
from labelport.formats.label_studio.results import Result, Results, results
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.values import Fields, finite, identity, kept, shown
from labelport.model.label import Annotation, Keyframe, Label, Relation, Track
from labelport.model.workflow import Review

KEPT = (
    "bulk_created",
    "draft_created_at",
    "ground_truth",
    "import_id",
    "last_action",
    "last_created_by",
    "parent_annotation",
    "parent_prediction",
    "state",
    "unique_id",
    "updated_by",
)
"""Keys of an annotation that are kept as they are, in the label's `extra`."""
LABEL = frozenset(
    {"id", "result", "completed_by", "created_at", "updated_at", "lead_time", "was_cancelled", "skipped", "reviews"}
) | {"history", "comments", *KEPT}
"""Keys of an annotation that are read."""
PREDICTION = frozenset({"id", "result", "model_version", "score", "created_at", "updated_at"})
REVIEW = frozenset({"accepted", "created_by", "created_at", "comment"})
RELATION = frozenset({"type", "from_id", "to_id", "direction", "labels"})
_EVER = datetime.min.replace(tzinfo=UTC)


def label(given: object, path: str, name: str, scope: Scope) -> Label:
    """Return an annotation as a label; its faults go to the scope."""
    fields = Fields(given, path, scope.faults)
    scope.note(path, fields.given, LABEL)
    person_given = fields.given.get("completed_by")
    if isinstance(person_given, dict):
        scope.note(f"{path}.completed_by", person_given, KEYS)
    made, rejected = _content(fields, scope)
    scope.rejected += rejected
    return msgspec.structs.replace(
        made,
        id=identity(fields.given.get("id")) or name,
        author=person(fields, "completed_by"),
        final=False,
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        seconds=_seconds(fields),
        skipped=fields.flag("was_cancelled") or fields.flag("skipped"),
        reviews=tuple(_review(item, scope) for item in fields.children("reviews")),
        extra=kept(fields.given, KEPT) or None,
    )


def prediction(given: object, path: str, name: str, scope: Scope) -> Label:
    """Return a prediction as a label of a model, under the model's version."""
    fields = Fields(given, path, scope.faults)
    scope.note(path, fields.given, PREDICTION)
    made, _ = _content(fields, scope)
    number = identity(fields.given.get("id"))
    return msgspec.structs.replace(
        made,
        id=f"prediction-{number}" if number else name,
        author=fields.text_or_none("model_version"),
        source="model",
        final=False,
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        score=fields.number("score") if fields.has("score") else None,
    )


def with_final(labels: Sequence[Label]) -> tuple[Label, ...]:
    """Return the labels, one of them final."""
    if not labels:
        return ()
    chosen = max(range(len(labels)), key=lambda at: _weight(labels[at], at))
    return tuple(msgspec.structs.replace(it, final=at == chosen) for at, it in enumerate(labels))


def is_accepted(given: Label) -> bool:
    """Return whether the last review accepts a label, or its last change was that it was accepted."""
    if given.reviews:
        return given.reviews[-1].accepted
    return (given.extra or {}).get("last_action") in ("accepted", "fixed_and_accepted")


def _weight(given: Label, at: int) -> tuple[bool, bool, bool, datetime, datetime, int]:
    truth = (given.extra or {}).get("ground_truth") is True
    made = given.created_at or _EVER
    return truth, is_accepted(given), not given.skipped, given.updated_at or made, made, at


def _content(fields: Fields, scope: Scope) -> tuple[Label, int]:
    """Return the regions and relations of an annotation, and how many regions were rejected."""
    path = f"{fields.path}.result"
    found = results(fields.items("result"), path)
    scope.faults += [Fault(at, "is not an object") for at in found.strange]
    rejected = len(found.strange)
    annotations: list[Annotation] = []
    tracks: list[Track] = []
    keyframes: list[Keyframe] = []
    for region, group in zip(found.regions, _groups(found), strict=True):
        done = read(region, scope, group)
        if not isinstance(done, Read):
            rejected += 1
            scope.faults += done
            continue
        annotations += [done.annotation] if done.annotation else []
        tracks += [done.track] if done.track else []
        keyframes += done.keyframes
    known = {it.id for it in annotations} | {it.id for it in tracks}
    relations = tuple(link for result in found.relations for link in _relations(result, known, scope))
    made = Label("", annotations=tuple(annotations), tracks=tuple(tracks), keyframes=tuple(keyframes))
    return msgspec.structs.replace(made, relations=relations), rejected


def _groups(found: Results) -> list[str | None]:
    """Return each region's group: its parent's id, or its own where it is a parent itself."""
    above = [group_of(region) for region in found.regions]
    parents = set(above)
    return [
        parent or (region.id if region.id in parents else None)
        for region, parent in zip(found.regions, above, strict=True)
    ]


def _relations(result: Result, known: set[str], scope: Scope) -> list[Relation]:
    """Return a relation once for each of its labels; its ends must be regions that came through."""
    fields = Fields(result.given, result.path, [])
    start, end = fields.text("from_id"), fields.text("to_id")
    for key, name in (("from_id", start), ("to_id", end)):
        if not fields.faults and name not in known:
            fields.wrong(key, f"{shown(name)} is no region that came through")
    direction = fields.given.get("direction")
    if direction not in (None, "right", "left", "bi"):
        fields.wrong("direction", f"{shown(direction)} is none of 'right', 'left', 'bi'")
    words = fields.texts("labels")
    if fields.faults:
        scope.faults += fields.faults
        return []
    scope.note(result.path, result.given, RELATION)
    source, target = (end, start) if direction == "left" else (start, end)
    name = f"relation-{result.path.rpartition('[')[2].removesuffix(']')}"
    return [
        Relation(name if at == 0 else f"{name}.{at}", source, target, word, direction != "bi")
        for at, word in enumerate(words or [None])
    ]


def _review(fields: Fields, scope: Scope) -> Review:
    scope.note(fields.path, fields.given, REVIEW)
    by = fields.given.get("created_by")
    if isinstance(by, dict):
        scope.note(f"{fields.path}.created_by", by, KEYS)
    return Review(
        fields.flag("accepted"),
        person(fields, "created_by"),
        fields.moment("created_at"),
        fields.text_or_none("comment"),
    )


def _seconds(fields: Fields) -> float | None:
    value = finite(fields.given.get("lead_time"))
    if not fields.has("lead_time"):
        return None
    if value is None or value < 0:
        fields.wrong("lead_time", f"{shown(fields.given['lead_time'])} is no number of seconds")
        return None
    return value
