"""A COCO document as it is written: head, rows of `images` and of `annotations`, and the numbers that tie them.

Format: https://cocodataset.org/#format-data. Keys that are not COCO's own are written where there is something to say:
`state` of a task, `video`, `frame`, `source_frame` and `seconds` of a frame, `score`, `occluded`, `truncated`,
`group`, `z_order`, `attributes`, `on`, `track_id` and `keyframe` of an annotation.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from labelport.errors import RequestError
from labelport.kit.coco_attributes import Plain, attributes
from labelport.kit.coco_outlines import Holes, Outline, Shape, as_runs, outlines
from labelport.kit.format import Document, Section
from labelport.kit.task_numbers import begun
from labelport.model.answers import Answer
from labelport.model.export import State
from labelport.model.geometry import Keypoints
from labelport.model.label import Target
from labelport.model.ontology import Attribute, LabelClass

PATH = "annotations.json"
SEPARATOR = b",\n"
FIRST = 2**52
"""Ids from here on are made of a number and a frame; those below are numbers as they are stored."""
FRAMES = 2**20
"""Frames that such ids have room for; numbers are below 2**32 then, and ids below 2**53."""


class ImageRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of `images`."""

    id: int
    file_name: str
    width: int | None = None
    height: int | None = None
    state: State | None = None
    video: str | None = None
    frame: int | None = None
    source_frame: int | None = None
    seconds: float | None = None


class Item(NamedTuple):
    """An object to be written as a row of `annotations`."""

    id: int
    image: int
    category: int
    shape: Shape
    joints: Keypoints | None = None
    answers: tuple[Answer, ...] = ()
    score: float | None = None
    occluded: bool | None = None
    truncated: bool | None = None
    group: str | None = None
    z_order: int = 0
    on: Target | None = None
    track: int | None = None
    keyframe: bool | None = None


class _Row(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    image_id: int
    category_id: int
    segmentation: Any
    area: float
    bbox: tuple[float, float, float, float]
    iscrowd: int
    keypoints: tuple[float, ...] | None = None
    num_keypoints: int | None = None
    score: float | None = None
    occluded: bool | None = None
    truncated: bool | None = None
    group: str | None = None
    z_order: int = 0
    attributes: dict[str, Plain] | None = None
    on: Target | None = None
    track_id: int | None = None
    keyframe: bool | None = None


class _Category(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    name: str
    supercategory: str
    keypoints: tuple[str, ...] | None = None
    skeleton: tuple[tuple[int, int], ...] | None = None
    color: tuple[int, int, int] | None = None
    attributes: tuple[Attribute, ...] = ()


encode = msgspec.json.Encoder().encode
_NUMBER = {"images": re.compile(rb'\{"id":(\d+)'), "annotations": re.compile(rb'\{"id":\d+,"image_id":(\d+)')}
_CATEGORY = re.compile(rb'^(\{"id":\d+,"image_id":\d+,"category_id":)(\d+)', re.MULTILINE)


def document(classes: Sequence[LabelClass] | None, base: int = 1) -> Document:
    """Return the layout of the document; captions have no categories."""
    head = b'{"info":{"description":"Exported by Labelport","version":"1.0"},\n"licenses":[],\n'
    if classes is not None:
        rows = SEPARATOR.join(encode(_category(one, base)) for one in sorted(classes, key=lambda one: one.number))
        head += b'"categories":[\n' + rows + b"\n],\n"
    images, annotations = Section("images", SEPARATOR), Section("annotations", SEPARATOR)
    return Document(PATH, (head + b'"images":[\n', images, b'\n],\n"annotations":[\n', annotations, b"\n]}\n"))


def rows(items: Sequence[Item], holes: Holes = as_runs) -> list[bytes]:
    """Return the rows of `annotations`."""
    return [
        encode(_row(item, outline))
        for item, outline in zip(items, outlines([i.shape for i in items], holes), strict=True)
    ]


def rebased(body: bytes, base: int) -> bytes:
    """Return rows that were written with category ids from 1 on, with ids from `base` on."""
    if base == 1:
        return body
    return _CATEGORY.sub(lambda found: found[1] + str(int(found[2]) + base - 1).encode(), body)


def number(section: str, element: bytes) -> int:
    """Return the number of the task that a row belongs to."""
    id_ = begun(_NUMBER[section], section, element)
    return id_ if id_ < FIRST else (id_ - FIRST) // FRAMES


def of_frame(number: int, frame: int, name: str) -> int:
    """Return the id of a frame of a task, or of a track in a frame; `name` is the task's, for the error."""
    if frame >= FRAMES:
        raise RequestError(
            f"task {name!r}: frame {frame} is past {FRAMES - 1}, the last that numeric ids have room for"
        )
    if number >= 2**32:
        raise RequestError(
            f"task {name!r}: number {number} is past {2**32 - 1}, the last that ids of frames have room for"
        )
    return FIRST + number * FRAMES + frame


def joined(found: Iterable[bytes]) -> bytes:
    """Return rows as they stand in a section."""
    return SEPARATOR.join(found)


def _row(item: Item, outline: Outline) -> _Row:
    flat = seen = None
    if item.joints is not None:
        points = item.joints.points
        flat = tuple(v for p in points for v in ((p.x, p.y, p.visibility) if p.visibility else (0, 0, 0)))
        seen = sum(point.visibility > 0 for point in points)
    return _Row(
        item.id,
        item.image,
        item.category,
        outline.segmentation,
        outline.area,
        outline.bbox,
        int(item.shape.crowd),
        flat,
        seen,
        item.score,
        item.occluded,
        item.truncated,
        item.group,
        item.z_order,
        attributes(item.answers) if item.answers else None,
        item.on,
        item.track,
        item.keyframe,
    )


def _category(one: LabelClass, base: int) -> _Category:
    skeleton, colour = one.skeleton, one.colour
    return _Category(
        one.number - 1 + base,
        one.name,
        one.parent or "",
        keypoints=skeleton.joints if skeleton else None,
        skeleton=tuple((a + 1, b + 1) for a, b in skeleton.edges) if skeleton else None,
        color=(int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)) if colour else None,
        attributes=one.attributes,
    )
