"""A task with its asset and its labels as selected: what an importer makes and an encoder receives."""

from typing import Any, Literal

import msgspec

from labelport.model.asset import Asset, Attachment, Embedding
from labelport.model.export import State
from labelport.model.geometry import Count
from labelport.model.label import Label
from labelport.model.visit import Visit
from labelport.model.workflow import UNMOVED, Issue, Workflow


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A task with its asset and labels.

    `number` is the task's pinned number in its project, `path` its unique and safe name in deliveries; both are given
    by the store. The three states: labelled (some label holds an annotation), empty (labelled or reviewed, and there
    is nothing to mark), unlabelled (`labels` is empty). `state` tells it where labels were fitted to a format and no
    longer do.
    """

    id: str
    name: str
    asset: Asset
    number: Count = 0
    path: str = ""
    external_id: str | None = None
    global_key: str | None = None
    workflow: Workflow = UNMOVED
    labels: tuple[Label, ...] = ()
    metadata: dict[str, Any] | None = None
    attachments: tuple[Attachment, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    predictions: tuple[Label, ...] = ()
    issues: tuple[Issue, ...] = ()
    stage_history: tuple[Visit, ...] = ()
    extra: dict[str, Any] | None = None
    state: State | None = None


class Tombstone(msgspec.Struct, frozen=True, gc=False):
    """A task that was in the base of a delta and is no longer: deleted, or out of the selection."""

    task: str
    number: int
    path: str


def state_of(record: Record) -> State:
    """Return which of the three states the task is in; a label that was skipped says nothing."""
    if record.state is not None:
        return record.state
    labels = [label for label in record.labels if not label.skipped]
    if any(label.annotations or label.tracks for label in labels):
        return "labelled"
    return "empty" if labels else "unlabelled"


def without_visited(record: Record, numbers: Literal["kept", "dropped"]) -> Record:
    """Return the record without labels of its visits, which exports add, and perhaps without numbers of another log."""
    if not any(visit.labels or visit.number for visit in record.stage_history):
        return record
    bare = {"labels": ()} if numbers == "kept" else {"labels": (), "number": None}
    visits = tuple(msgspec.structs.replace(visit, **bare) for visit in record.stage_history)
    return msgspec.structs.replace(record, stage_history=visits)
