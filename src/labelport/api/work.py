"""Questions and answers about the work on tasks: what is done to them, and what may be."""

from typing import Annotated

import msgspec
from msgspec import Meta

from labelport.model.acts import Lead, Work
from labelport.model.label import Label
from labelport.model.stages import Stages

Tasks = Annotated[tuple[str, ...], Meta(min_length=1, max_length=10_000)]


class WorkOnTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Do something to tasks, as one who works on them; `labels` take the places of those with the same ids."""

    project: str
    tasks: Tasks
    act: Work
    labels: tuple[Label, ...] = ()


class LeadTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Do something to tasks, as one who leads the work."""

    project: str
    tasks: Tasks
    act: Lead


class RestoreTasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bring back tasks that were deleted, as they were."""

    project: str
    tasks: Tasks


class FindActs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what may be done to a task as it stands."""

    project: str
    task: str


class Acts(msgspec.Struct, frozen=True):
    """Where a task is, and the names of the acts that the caller may do to it."""

    stage: str
    status: str
    acts: tuple[str, ...]


class SetStages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a project its workflow."""

    project: str
    stages: Stages


class GetStages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read a project's workflow; `at` a change number."""

    project: str
    at: int | None = None
