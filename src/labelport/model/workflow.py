"""Where a task stands in its project's workflow, and what was said about it on the way."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Utc = Annotated[datetime, Meta(tz=True)]
"""A moment with its zone; written in UTC with `Z` (RFC 3339)."""
Status = Literal["queued", "in_progress", "submitted", "in_review", "rework", "skipped", "blocked", "done", "archived"]
Verdict = Literal["accepted", "rejected", "corrected"]
Role = Literal["assignees", "reviewers"]
"""The part of a workflow that people hold a task by."""


class Workflow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Stage, status, batch and people of a task; people and batches by id. `done` means ground truth.

    `cycle` counts the passes through the stage, from 1; `skips` how often it was skipped in this pass, `draft` whether
    work was saved in it, and `finished` who of several has handed in a label. `verdict` is that of the last review,
    `came_from` the stage before this one.
    """

    stage: str = "label"
    status: Status = "queued"
    batch: str | None = None
    dataset: str | None = None
    priority: int = 0
    assignees: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    created_at: Utc | None = None
    updated_at: Utc | None = None
    completed_at: Utc | None = None
    entered_at: Utc | None = None
    cycle: Annotated[int, Meta(ge=1)] = 1
    skips: Annotated[int, Meta(ge=0)] = 0
    draft: bool = False
    verdict: Verdict | None = None
    finished: tuple[str, ...] = ()
    came_from: str | None = None


UNMOVED = Workflow()
"""The workflow of a task of which nothing is known; one object, so that it is left out wherever it is the default."""


class Review(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A verdict on a label."""

    accepted: bool
    by: str | None = None
    at: Utc | None = None
    comment: str | None = None


class Comment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something said about an issue."""

    text: str
    by: str | None = None
    at: Utc | None = None


class Issue(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A question raised on a task, perhaps at a place in it (flat coordinates on a frame)."""

    id: str
    resolved: bool = False
    by: str | None = None
    at: Utc | None = None
    frame: Annotated[int, Meta(ge=0)] | None = None
    position: tuple[float, ...] = ()
    comments: tuple[Comment, ...] = ()


class Batch(msgspec.Struct, frozen=True, gc=False):
    """Tasks that were sent to the project together."""

    id: str
    name: str


class Member(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A person of the organization; deliveries name people by `id` alone."""

    id: str
    name: str | None = None
    email: str | None = None
    role: Literal["owner", "admin", "manager", "reviewer", "annotator", "viewer"] = "annotator"
