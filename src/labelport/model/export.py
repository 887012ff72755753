"""What is asked of an export, and what it answers with."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from labelport.model.geometry import Count
from labelport.model.ontology import LabelClass
from labelport.model.workflow import Role, Verdict

OnLoss = Literal["convert", "drop", "fail"]
State = Literal["labelled", "empty", "unlabelled"]
Span = tuple[int | None, int | None]
"""From, to: UTC microseconds since 1970, the end exclusive; None is open."""
MediaCopies = Literal["none", "copies", "upright"]
"""Whether media come with a delivery: as they are, or with pictures turned as they are displayed (EXIF orientation)."""
Frames = Annotated[
    str, Meta(pattern=r"^(keyframes|all|every:[1-9][0-9]{0,8}|fps:(0\.[0-9]*[1-9][0-9]*|[1-9][0-9]*(\.[0-9]+)?))$")
]
"""Which frames of tracks: `keyframes`, `all`, one in N (`every:N`), or so many a second (`fps:F`)."""

FIELDS = (
    "annotation_metadata",
    "attachments",
    "embeddings",
    "issues",
    "label_details",
    "metadata",
    "predictions",
    "stage_history",
)
"""The optional blocks of a record. A block that is not asked for is absent, not null."""


class Left(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Passes through a stage that ended, by one of these people, in a range of time."""

    stage: str
    by: tuple[str, ...] = ()
    at: Span | None = None


class Selection(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which tasks: all conditions hold at once; an empty one does not restrict. People and batches by id."""

    tasks: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    global_keys: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    ground_truth: bool | None = None
    batches: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    classes: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    states: tuple[State, ...] = ()
    open_issues: bool | None = None
    sources: tuple[str, ...] = ()
    last_activity_at: Span | None = None
    label_created_at: Span | None = None
    completed_at: Span | None = None
    name_prefix: str | None = None
    without: tuple[Role, ...] = ()
    held_by: tuple[Role, ...] = ()
    came_from: tuple[str, ...] = ()
    drafts: bool | None = None
    verdicts: tuple[Verdict, ...] = ()
    left: Left | None = None


EVERY = Selection()
"""All tasks."""


class Split(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Parts by share (train, val, test ...) and what keeps tasks together: `task` or a metadata field.

    `stratify` names what should come in like shares in every part: `class`, or a metadata field.
    """

    shares: dict[str, Annotated[float, Meta(gt=0, le=1)]]
    by: str = "task"
    seed: str = ""
    stratify: str | None = None


class DeliveredClass(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A class of a delivery: the project's classes, by number, that go into it.

    Without a `number` it has that of the first of them; without a `name` it has its name, which several must be given.
    """

    of: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]
    name: Annotated[str, Meta(min_length=1)] | None = None
    number: Annotated[int, Meta(ge=1)] | None = None


class ClassMap(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The classes of a delivery: those in `to`; the project's other ones are kept as they are, or dropped."""

    to: tuple[DeliveredClass, ...]
    others: Literal["keep", "drop"] = "keep"


class ExportRequest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Scope, selection, fields, formats and options of an export; the same in every interface and in the history.

    `since` and `at` are change numbers: names such as `last` are resolved when the export is created.
    """

    project: str
    selection: Selection = Selection()
    fields: tuple[str, ...] = FIELDS
    formats: Annotated[tuple[str, ...], Meta(min_length=1)] = ("ndjson",)
    options: dict[str, dict[str, Any]] = {}
    labels: Literal["final", "all", "each-stage"] = "final"
    author: str | None = None
    frames: Frames = "keyframes"
    class_map: ClassMap | None = None
    since: Count | None = None
    at: Count | None = None
    on_loss: OnLoss = "convert"
    split: Split | None = None
    media: MediaCopies = "none"
    shard_size: Annotated[int, Meta(ge=1)] = 5000
    verify: Literal["counts", "deep"] = "counts"
    envelope: Literal["bagit", "in-toto"] | None = None


class Carries(msgspec.Struct, frozen=True):
    """What a format can express: kinds of `geometry.kind` carried as they are, and those that it takes converted.

    `converts` maps a kind to how it is converted (`"mask"`, `"polygon"`, `"box"`, `"frames"`), as the report says it.
    `features` are carried beside the shapes: answers, relations, groups, tracks, confidence, occluded ...
    """

    kinds: frozenset[str]
    converts: dict[str, str] = {}
    features: frozenset[str] = frozenset()


class Loss(msgspec.Struct, frozen=True, order=True):
    """How often one kind (or feature) met one fate: `exact`, `converted` (how), or `dropped` (why)."""

    format: str
    what: str
    fate: Literal["exact", "converted", "dropped"]
    how: str
    count: int


class Skip(msgspec.Struct, frozen=True, order=True):
    """Tasks that were selected and not written, by format and reason; `tasks` names the first hundred."""

    format: str
    reason: str
    count: int
    tasks: tuple[str, ...] = ()


class Tally(msgspec.Struct, frozen=True):
    """What one format did: tasks and annotations selected = written + skipped; and rows counted in the files.

    None where it is not known: a fold cannot tell how many annotations the tasks hold.
    """

    format: str
    tasks_selected: int
    tasks_written: int
    tasks_skipped: int
    annotations_selected: int | None
    annotations_written: int | None
    annotations_skipped: int | None
    rows: dict[str, int] = {}


class FileEntry(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A delivered file; `task` is the number of the task that it is of, where it is of one.

    `media` says that it is a copy of the task's medium, and not what a format made.
    """

    path: str
    size: int
    sha256: str
    task: int | None = None
    media: bool = False


class MediaTally(msgspec.Struct, frozen=True):
    """What became of the media of the tasks that were written: wanted = copied + kept + missing.

    `kept` are those that a delta leaves as they are in its base; `files` are the copies, which are more where several
    formats have places of their own. `missing` says why, by reason. Tasks `without` one are whole in their record.
    """

    wanted: int
    copied: int
    kept: int
    without: int
    files: int
    missing: tuple[Skip, ...] = ()


class MappedClass(msgspec.Struct, frozen=True, omit_defaults=True):
    """A class of the project, and the number of the delivery's class that it went into; None where it was left out."""

    number: int
    name: str
    to: int | None


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The seal of a delivery: written last, it makes the delivery exist.

    `files` is the SHA-256 of `files.ndjson`, which lists every other file. `root` is the Merkle root of the project's
    log at `cut`, over `size` events. `classes` are those of the delivery; where the request maps them, `class_map` says
    what became of the project's. Nothing here depends on when or where the export ran. What a fold cannot know of
    (losses, counts of annotations) is None in a `folded` one.
    """

    labelport: str
    project: str
    request: ExportRequest
    base: int | None
    cut: int
    root: str
    size: int
    classes: tuple[LabelClass, ...]
    batches: dict[str, str]
    tallies: tuple[Tally, ...]
    skips: tuple[Skip, ...]
    losses: tuple[Loss, ...] | None
    files: str
    class_map: tuple[MappedClass, ...] = ()
    media: MediaTally | None = None
    removed: int = 0
    folded: bool = False


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The run behind a delivery: its id, times and place; outside the same-bytes law.

    `manifest` is the SHA-256 of `manifest.json`.
    """

    export: str
    created_at: str
    finished_at: str
    actor: str
    destination: str
    seconds: float
    manifest: str = ""
