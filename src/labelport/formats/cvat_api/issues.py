"""Issues that were raised in jobs, with what was said about them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from labelport.formats.cvat_api.files import Dump
from labelport.formats.cvat_api.jobs import Job
from labelport.formats.cvat_api.people import PERSON, People
from labelport.kit.cvat.values import Values, identity
from labelport.model.workflow import Comment, Issue

_ISSUE = frozenset({"id", "job", "frame", "position", "resolved", "owner", "created_date"})
_COMMENT = frozenset({"id", "issue", "message", "owner", "created_date"})
Issues = Mapping[str, Mapping[int | None, Sequence[Issue]]]
"""By task, then by frame."""


def issues(dump: Dump, jobs: Sequence[Job], people: People) -> Issues:
    """Return the issues that can be placed; others are rejected."""
    comments = _comments(dump, people)
    tasks = {job.id: job.task for job in jobs}
    found: dict[str, dict[int | None, list[Issue]]] = defaultdict(lambda: defaultdict(list))
    for values in dump.objects("issues", "issue"):
        file = dump.files["issues"]
        file.note(values, _ISSUE)
        _note_owner(dump, "issues", values)
        number = identity(values.given.get("id"))
        job = identity(values.given.get("job"))
        task = tasks.get(job or "")
        frame = values.whole("frame")
        position = tuple(values.numbers("position"))
        if number is None:
            values.wrong("id", "is missing")
        if task is None:
            values.wrong("job", "is missing" if job is None else f"no job {job}")
        if len(position) % 2:
            values.wrong("position", f"{len(position)} numbers are not pairs of x and y")
        made = Issue(
            number or "",
            values.flag("resolved"),
            people.person(values, "owner"),
            values.moment("created_date"),
            frame,
            position,
            tuple(comments.pop(number or "", ())),
        )
        file.reject(f"issue {number or values.path}", values.faults)
        if task is not None and not values.faults:
            found[task][frame].append(made)
    _reject_loose(dump, comments)
    return found


def _comments(dump: Dump, people: People) -> dict[str, list[Comment]]:
    """Return the comments by issue, the oldest first."""
    found: dict[str, list[tuple[int, str, Comment]]] = defaultdict(list)
    for values in dump.objects("comments", "comment"):
        file = dump.files["comments"]
        file.note(values, _COMMENT)
        _note_owner(dump, "comments", values)
        number = identity(values.given.get("id")) or ""
        issue = identity(values.given.get("issue"))
        if issue is None:
            values.wrong("issue", "is missing")
        made = Comment(values.text("message"), people.person(values, "owner"), values.moment("created_date"))
        file.reject(f"comment {number or values.path}", values.faults)
        if issue is not None and not values.faults:
            found[issue].append((len(number), number, made))
    return {issue: [made for _, _, made in sorted(each, key=lambda one: one[:2])] for issue, each in found.items()}


def _reject_loose(dump: Dump, comments: Mapping[str, Sequence[Comment]]) -> None:
    for issue in comments:
        values = Values({}, "$.results", [])
        values.wrong("issue", f"comments on issue {issue}, which is not there or was rejected")
        dump.files["comments"].reject(f"issue {issue}", values.faults)


def _note_owner(dump: Dump, name: str, values: Values) -> None:
    owner = values.given.get("owner")
    if isinstance(owner, dict):
        dump.files[name].note(Values(owner, f"{values.path}.owner", []), PERSON)
