"""The rows of the three tables: their fields are the columns.

Every row begins with the number of its task, which all tables are in the order of. What nests without end (shapes,
answers, metadata) is native JSON in a text; everything else has a column of its own. Times are UTC, to the
microsecond. Coordinates are pixels of the displayed image, bounds those of the shape.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from labelport.model.export import State


class LabelRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label in the row of its task."""

    id: str
    source: str
    final: bool
    skipped: bool
    author: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    seconds: float | None = None
    score: float | None = None
    relations: str | None = None
    reviews: str | None = None
    stamps: str | None = None
    extra: str | None = None


class TaskRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task: `asset`, `metadata` and what follows are native JSON; `annotations` counts them and the tracks."""

    task_number: int
    task: str
    name: str
    path: str
    state: State
    annotations: int
    stage: str
    status: str
    priority: int
    assignees: tuple[str, ...]
    reviewers: tuple[str, ...]
    tags: tuple[str, ...]
    cycle: int
    skips: int
    draft: bool
    finished: tuple[str, ...]
    labels: tuple[LabelRow, ...]
    asset: str
    uri: str | None = None
    width: int | None = None
    height: int | None = None
    external_id: str | None = None
    global_key: str | None = None
    batch: str | None = None
    dataset: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    completed_at: datetime | None = None
    entered_at: datetime | None = None
    verdict: str | None = None
    came_from: str | None = None
    metadata: str | None = None
    attachments: str | None = None
    embeddings: str | None = None
    predictions: str | None = None
    issues: str | None = None
    stage_history: str | None = None
    extra: str | None = None


class AnnotationRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """An annotation, or a track (`kind` is `track`), whose shapes are in its keyframes."""

    task_number: int
    task: str
    label: str
    annotation: str
    annotation_number: int
    kind: str
    crowd: bool
    z_order: int
    author: str | None = None
    class_number: int | None = None
    class_name: str | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    geometry: str | None = None
    answers: str | None = None
    series: str | None = None
    first_frame: int | None = None
    last_frame: int | None = None
    page: int | None = None
    message: str | None = None
    group: str | None = None
    occluded: bool | None = None
    truncated: bool | None = None
    source: str | None = None
    confidence: float | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    updated_by: str | None = None
    updated_at: datetime | None = None
    extra: str | None = None


class KeyframeRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A track at a frame; `interpolated` where that lies between keyframes, if such frames are wanted."""

    task_number: int
    task: str
    label: str
    track: str
    track_number: int
    frame: int
    outside: bool
    occluded: bool
    z_order: int
    interpolated: bool
    class_number: int | None = None
    class_name: str | None = None
    milliseconds: float | None = None
    kind: str | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    geometry: str | None = None
    answers: str | None = None


TABLES: Mapping[str, type[msgspec.Struct]] = {
    "tasks": TaskRow,
    "annotations": AnnotationRow,
    "keyframes": KeyframeRow,
}
"""The tables by the names of their files."""
