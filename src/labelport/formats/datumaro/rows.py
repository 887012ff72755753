"""Items and annotations as they stand in a document, written and read."""

import re
from typing import Any, Literal

import msgspec
from msgspec import Raw

from labelport.kit.coco_document import Rle
from labelport.kit.task_numbers import begun
from labelport.model.geometry import Count
from labelport.model.label import Target

SUBSET = "default"
"""The subset of what is in no part of a split, as Datumaro calls it."""
MEDIA_TYPES = {"image": 2, "video_frame": 4, "point_cloud": 6}
"""Numbers of media as `media_type` says them."""
FOLDERS = {"image": "images", "video_frame": "videos", "point_cloud": "point_clouds"}
"""Where media are, each in the folder of its subset."""
_NUMBER = re.compile(rb'\{"id":"(?:[^"\\]|\\.)*","number":(\d+)')
Triple = tuple[float, float, float]
Box = tuple[float, float, float, float]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`media`: what the items show: `image`, pictures and frames as pictures; `video_frame`, frames by their video.

    Datumaro takes one kind of media at a time (`point_cloud` is the third). What shows another has annotations only.
    """

    media: Literal["image", "video_frame", "point_cloud"] = "image"


class ImageRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """`image` of an item: the path below the folder of its subset; height and width."""

    path: str | None = None
    size: tuple[Count, Count] | None = None


class FrameRow(msgspec.Struct, frozen=True):
    """`video_frame` of an item."""

    video_path: str
    frame_index: int


class PathRow(msgspec.Struct, frozen=True):
    """`point_cloud`, or `media` of an item."""

    path: str | None = None


class AnnotationRow(msgspec.Struct, frozen=True):
    """An element of `annotations`, of whichever type; Datumaro takes null for what is absent."""

    type: str
    id: int | None = 0
    attributes: dict[str, Any] | None = None
    group: int | None = 0
    object_id: int | None = None
    label_id: int | None = None
    z_order: int | None = 0
    bbox: Box | None = None
    points: Raw = Raw(b"null")
    visibility: tuple[int, ...] | None = None
    rle: Rle | None = None
    caption: str | None = None
    position: Triple | None = None
    rotation: Triple | None = None
    scale: Triple | None = None
    on: Target | None = None


class ItemRow(msgspec.Struct, frozen=True):
    """An element of `items`."""

    id: str
    annotations: tuple[Raw, ...] = ()
    attr: dict[str, Any] | None = None
    image: ImageRow | None = None
    video_frame: FrameRow | None = None
    point_cloud: PathRow | None = None
    media: PathRow | None = None
    number: int | None = None
    path: str | None = None
    kind: str | None = None
    frame: Count | None = None
    state: str | None = None


def number(section: str, element: bytes) -> int:
    """Return the number of the task that an item is of."""
    return begun(_NUMBER, section, element)
