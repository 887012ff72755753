"""One thing to label: an image, a video, a study of several series, a text, a conversation ..."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from labelport.model.geometry import Count
from labelport.model.workflow import Utc


class Series(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One image series of a study, or one medium of several: its name, where it lies, its shape and affine.

    `affine` takes voxel indices to millimetres in RAS+, row by row, 16 numbers. `extra` is what else a file says of it.
    """

    id: str
    name: str | None = None
    uris: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    affine: tuple[float, ...] | None = None
    modality: str | None = None
    extra: dict[str, Any] | None = None


class Message(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A turn of a conversation."""

    id: str
    role: str
    text: str
    created_at: Utc | None = None


class Page(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A page of a document: its size in points."""

    width: float
    height: float


class Asset(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing to label. Sizes are pixels of the displayed picture; `raw_*` as stored, before EXIF orientation."""

    id: str
    kind: Literal[
        "image", "video", "volume", "text", "conversation", "audio", "document", "html", "geo", "point_cloud", "other"
    ]
    uri: str | None = None
    width: Count | None = None
    height: Count | None = None
    raw_width: Count | None = None
    raw_height: Count | None = None
    orientation: Annotated[int, Meta(ge=1, le=8)] | None = None
    frames: Count | None = None
    fps: float | None = None
    first_frame: Count | None = None
    frame_step: Annotated[int, Meta(ge=1)] | None = None
    duration: float | None = None
    mime: str | None = None
    bytes: Count | None = None
    sha256: str | None = None
    text: str | None = None
    series: tuple[Series, ...] = ()
    messages: tuple[Message, ...] = ()
    pages: tuple[Page, ...] = ()
    extra: dict[str, Any] | None = None


class Attachment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something shown beside the asset."""

    kind: str
    value: str
    name: str | None = None


class Embedding(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A vector that describes the asset."""

    name: str
    values: tuple[float, ...]
    custom: bool = False
