"""What happened to a task: the history of its annotations as visits, its comments as issues."""

from labelport.formats.label_studio.people import person
from labelport.formats.label_studio.results import annotations_of
from labelport.formats.label_studio.scope import Scope
from labelport.formats.label_studio.values import Fields, finite, identity
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue

REVIEWS = frozenset({"accepted", "rejected", "fixed_and_accepted", "deleted_review"})
"""Actions of a reviewer; all others are of the labelling stage."""
COMMENT = frozenset({"id", "text", "created_by", "created_at", "is_resolved"})
_READ = ("action", "created_at", "created_by", "started_at", "lead_time")


def visits(annotations: list[object], path: str, scope: Scope) -> tuple[Visit, ...]:
    """Return each change of each annotation as a visit; what has no field of its own is kept in its `extra`."""
    return tuple(
        _visit(item)
        for at, given in enumerate(annotations)
        if isinstance(given, dict) and given.get("history") is not None
        for item in Fields(given, f"{path}[{at}]", scope.faults).children("history")
    )


def issues(task: Fields, key: str, scope: Scope) -> tuple[Issue, ...]:
    """Return the comments on a task and on its annotations, each as an issue."""
    holders = [task] + [
        Fields(given, f"{task.path}.{key}[{at}]", scope.faults)
        for at, given in enumerate(annotations_of(task.given))
        if isinstance(given, dict)
    ]
    return tuple(
        _issue(item, scope)
        for it in holders
        if isinstance(it.given.get("comments"), list)
        for item in it.children("comments")
    )


def _visit(fields: Fields) -> Visit:
    action = fields.text_or_none("action")
    seconds = finite(fields.given.get("lead_time"))
    extra = {key: value for key, value in fields.given.items() if key not in _READ and value is not None}
    return Visit(
        stage="review" if action in REVIEWS else "label",
        entered_at=fields.moment("started_at"),
        left_at=fields.moment("created_at"),
        by=person(fields, "created_by"),
        outcome=action,
        milliseconds=None if seconds is None else round(seconds * 1000),
        extra=extra or None,
    )


def _issue(fields: Fields, scope: Scope) -> Issue:
    scope.note(fields.path, fields.given, COMMENT)
    by, at = person(fields, "created_by"), fields.moment("created_at")
    return Issue(
        identity(fields.given.get("id")) or fields.path,
        fields.flag("is_resolved"),
        by,
        at,
        comments=(Comment(fields.text_or_none("text") or "", by, at),),
    )
