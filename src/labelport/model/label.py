"""What one person or model said of a task: annotations, tracks, relations."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from labelport.model.answers import Answer
from labelport.model.geometry import Count, Geometry
from labelport.model.workflow import Review, Utc

Confidence = Annotated[float, Meta(ge=0, le=1)]
ClassRef = Annotated[int, Meta(ge=1)] | str
"""A class: its pinned number, as stored; an import may name it instead."""
Source = Literal["person", "model", "import"]


class Target(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The part of an asset that an annotation belongs to; nothing set means the whole asset."""

    series: str | None = None
    first_frame: Count | None = None
    last_frame: Count | None = None
    page: Count | None = None
    message: str | None = None


class Annotation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"class_": "class"}):
    """One marked object, or an answer about (a part of) the asset where `geometry` is absent.

    `id` is stable over versions. `number` is given when the annotation is first stored, is unique in the project and
    is what formats with numeric ids write.
    """

    id: str
    number: Count = 0
    class_: ClassRef | None = None
    geometry: Geometry | None = None
    answers: tuple[Answer, ...] = ()
    on: Target | None = None
    group: str | None = None
    occluded: bool | None = None
    truncated: bool | None = None
    crowd: bool = False
    z_order: int = 0
    source: Source | None = None
    confidence: Confidence | None = None
    extra: dict[str, Any] | None = None


class Track(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"class_": "class"}):
    """One object through the frames of a video: what does not change; `Keyframe` holds what does."""

    id: str
    number: Count = 0
    class_: ClassRef | None = None
    answers: tuple[Answer, ...] = ()
    group: str | None = None
    source: Source | None = None
    confidence: Confidence | None = None
    extra: dict[str, Any] | None = None


class Keyframe(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The state of a track from `frame` (counted from 0) on, until its next keyframe.

    Between two keyframes coordinates go over linearly; masks and unlike shapes hold. `outside` ends the track until
    its next keyframe. `answers` are those that change with time.
    """

    track: str
    frame: Count
    geometry: Geometry | None = None
    outside: bool = False
    occluded: bool = False
    answers: tuple[Answer, ...] = ()
    z_order: int = 0


class Relation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A link of two annotations of the same label, by their ids."""

    id: str
    source: str
    target: str
    name: str | None = None
    directed: bool = True


class Stamp(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who made and last changed an annotation, and when; people by id."""

    annotation: str
    created_by: str | None = None
    created_at: Utc | None = None
    updated_by: str | None = None
    updated_at: Utc | None = None


class Label(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one person or model said of a task."""

    id: str
    author: str | None = None
    source: Source = "person"
    final: bool = True
    annotations: tuple[Annotation, ...] = ()
    tracks: tuple[Track, ...] = ()
    relations: tuple[Relation, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    created_at: Utc | None = None
    updated_at: Utc | None = None
    seconds: float | None = None
    score: float | None = None
    skipped: bool = False
    reviews: tuple[Review, ...] = ()
    extra: dict[str, Any] | None = None
    stamps: tuple[Stamp, ...] = ()
