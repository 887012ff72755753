"""The searches of the product docs as selections: the same tasks in lists, exports and reports."""

from typing import Literal, get_args

from msgspec.structs import replace

from labelport.errors import RequestError, unknown
from labelport.model.export import Left, Selection, Span
from labelport.model.stages import Stage, Stages

Search = Literal["all", "groundtruth", "unassigned", "queued", "draft", "skipped", "completed", "failed", "issues"]
SEARCHES: tuple[Search, ...] = get_args(Search)
_ACTIVE = ("queued", "submitted", "rework", "in_progress", "in_review")


def searched(
    search: str, stages: Stages, *, stage: str | None = None, user: str | None = None, completed_at: Span | None = None
) -> Selection:
    """Return the tasks that a search means, at a stage (the first one, unless it is given) and held by a user.

    `all` every task; `groundtruth` those that finished; `unassigned` those that wait at the stage and nobody holds;
    `queued` all at the stage but those that were skipped; `draft` those with work saved; `skipped` those that were and
    those blocked by it; `completed` those that left the stage in a range, wherever they are now; `failed` those whose
    last review, at the stage or anywhere, sent them back; `issues` those with an open issue.
    """
    if search.lower() not in SEARCHES:
        raise unknown("search", search, SEARCHES)
    if completed_at is not None and search != "completed":
        raise RequestError(f"a range of time is of the search 'completed', not of {search!r}")
    at = None if stage is None else stages.chosen(stage)
    found = _selection(search.lower(), stages, at, user, completed_at)
    if user is None or search == "completed":
        return found
    return replace(found, **{"assignees" if at is None else at.role: (user,)})


def _selection(search: str, stages: Stages, at: Stage | None, user: str | None, completed_at: Span | None) -> Selection:
    here = at or stages.first
    anywhere = Selection() if at is None else Selection(stages=(at.name,))
    waiting = Selection(stages=(here.name,), statuses=_ACTIVE)
    return {
        "all": anywhere,
        "groundtruth": Selection(ground_truth=True),
        "unassigned": replace(waiting, without=(here.role,)),
        "queued": waiting,
        "draft": replace(waiting, statuses=("in_progress", "in_review"), drafts=True),
        "skipped": replace(waiting, statuses=("skipped", "blocked")),
        "completed": Selection(left=Left(here.name, (user,) if user is not None else (), completed_at)),
        "failed": Selection(verdicts=("rejected",), left=None if at is None else Left(at.name)),
        "issues": replace(anywhere, open_issues=True),
    }[search]
