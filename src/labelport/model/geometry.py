"""What an annotation can mark: the shapes, frozen and tagged by `kind`.

Pixel convention: continuous coordinates of the displayed image (after EXIF orientation), x to the right, y down;
(0, 0) is the outer corner of the first pixel, whose centre is at (0.5, 0.5). Angles are degrees, clockwise on screen.
Flat coordinate lists run x0, y0, x1, y1, ... Volumes count voxels from 0 at the voxel's centre, as NIfTI does
(NIfTI-1, section "3D image orientation"), world coordinates are millimetres in RAS+.
Text offsets are Unicode code points, `end` exclusive. Times are milliseconds from the start of the media.
"""

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

Size = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Flat = Annotated[tuple[float, ...], Meta(min_length=2)]
"""Points one after the other: x0, y0, x1, y1, ..."""
Space = Literal["voxel", "world"]


class Box(msgspec.Struct, frozen=True, gc=False, tag="box", tag_field="kind"):
    """An axis-aligned rectangle: its upper left corner and its size, in pixels."""

    x: float
    y: float
    width: Size
    height: Size


class RotatedBox(msgspec.Struct, frozen=True, gc=False, tag="rotated_box", tag_field="kind"):
    """A rectangle turned by `angle` degrees clockwise about its centre."""

    cx: float
    cy: float
    width: Size
    height: Size
    angle: float


class Polygon(msgspec.Struct, frozen=True, gc=False, tag="polygon", tag_field="kind"):
    """One object as parts, each a list of rings: the outer one first, then its holes. Rings close by themselves."""

    parts: Annotated[tuple[Annotated[tuple[Flat, ...], Meta(min_length=1)], ...], Meta(min_length=1)]


class Polyline(msgspec.Struct, frozen=True, gc=False, tag="polyline", tag_field="kind"):
    """One or several open lines."""

    lines: Annotated[tuple[Flat, ...], Meta(min_length=1)]


class Point(msgspec.Struct, frozen=True, gc=False, tag="point", tag_field="kind"):
    """A single place in the image."""

    x: float
    y: float


class Keypoint(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A named joint of a skeleton: x, y, visibility (0 not labelled, 1 labelled but hidden, 2 visible; COCO)."""

    x: float
    y: float
    visibility: Annotated[int, Meta(ge=0, le=2)]


class Keypoints(msgspec.Struct, frozen=True, gc=False, tag="keypoints", tag_field="kind"):
    """A skeleton: joints in the order of the class's `Skeleton.joints`."""

    points: Annotated[tuple[Keypoint, ...], Meta(min_length=1)]


class Ellipse(msgspec.Struct, frozen=True, gc=False, tag="ellipse", tag_field="kind"):
    """An ellipse: centre, radii, and `angle` degrees clockwise of its first radius from the x axis."""

    cx: float
    cy: float
    rx: Size
    ry: Size
    angle: float = 0.0


class Mask(msgspec.Struct, frozen=True, gc=False, tag="mask", tag_field="kind"):
    """Pixels as COCO compressed RLE: column-major runs over `height` x `width`, the first run counts zeros."""

    height: Count
    width: Count
    counts: str


class Cuboid(msgspec.Struct, frozen=True, gc=False, tag="cuboid", tag_field="kind"):
    """A cuboid seen in an image: its eight projected corners, the front face first, each face clockwise."""

    corners: Annotated[tuple[float, ...], Meta(min_length=16, max_length=16)]


class Segment(msgspec.Struct, frozen=True, gc=False, tag="segment", tag_field="kind"):
    """The voxels of one object in a label volume kept as a blob.

    `values` are the voxel values that belong to the object: its own, and those of groups where it overlaps others.
    """

    blob: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    values: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]


Triple = tuple[float, float, float]


class Landmark(msgspec.Struct, frozen=True, gc=False, tag="landmark", tag_field="kind"):
    """A point in a volume."""

    at: Triple
    space: Space = "voxel"


class Length(msgspec.Struct, frozen=True, gc=False, tag="length", tag_field="kind"):
    """A measured distance between two points of a volume; `millimetres` as the tool that measured it said."""

    start: Triple
    end: Triple
    space: Space = "voxel"
    millimetres: Size | None = None


class Angle(msgspec.Struct, frozen=True, gc=False, tag="angle", tag_field="kind"):
    """A measured angle at `vertex` between two arms in a volume."""

    start: Triple
    vertex: Triple
    end: Triple
    space: Space = "voxel"
    degrees: float | None = None


class Cuboid3D(msgspec.Struct, frozen=True, gc=False, tag="cuboid3d", tag_field="kind"):
    """A box in space: centre, size along its own axes, rotation as a unit quaternion (x, y, z, w)."""

    centre: Triple
    size: tuple[Size, Size, Size]
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    space: Space = "world"


class SliceShape(msgspec.Struct, frozen=True, gc=False, tag="slice_shape", tag_field="kind"):
    """A flat shape on one slice of a volume: the axis that is cut, the slice's index, and the shape in its pixels."""

    axis: Literal["i", "j", "k"]
    index: Count
    shape: Box | Ellipse | Polygon | Polyline


class TextSpan(msgspec.Struct, frozen=True, gc=False, tag="text_span", tag_field="kind"):
    """Characters `start` to `end` of a text, in code points; `text` repeats them for readers."""

    start: Count
    end: Count
    text: str | None = None


class HtmlSpan(msgspec.Struct, frozen=True, gc=False, tag="html_span", tag_field="kind"):
    """A run of text in an HTML document: XPath and offset of both ends."""

    start_path: str
    start: Count
    end_path: str
    end: Count
    text: str | None = None


class MessageSpan(msgspec.Struct, frozen=True, gc=False, tag="message_span", tag_field="kind"):
    """A run of characters in a conversation; it ends in the same message, or in the later one `end_message`."""

    message: str
    start: Count
    end: Count
    text: str | None = None
    end_message: str | None = None


class Messages(msgspec.Struct, frozen=True, gc=False, tag="messages", tag_field="kind"):
    """Messages of a conversation, chosen as they are."""

    messages: Annotated[tuple[str, ...], Meta(min_length=1)]


class Interval(msgspec.Struct, frozen=True, gc=False, tag="interval", tag_field="kind"):
    """A stretch of audio or video, in milliseconds; `channel` counts from 0."""

    start: Size
    end: Size
    channel: Count | None = None
    text: str | None = None


class PageBox(msgspec.Struct, frozen=True, gc=False, tag="page_box", tag_field="kind"):
    """A rectangle on a page (counted from 0), in points from the upper left corner of the page."""

    page: Count
    x: float
    y: float
    width: Size
    height: Size


class PageTokens(msgspec.Struct, frozen=True, gc=False, tag="page_tokens", tag_field="kind"):
    """Words of a document by their token ids."""

    page: Count
    tokens: Annotated[tuple[str, ...], Meta(min_length=1)]
    text: str | None = None


class Geo(msgspec.Struct, frozen=True, gc=False, tag="geo", tag_field="kind"):
    """A GeoJSON geometry object (RFC 7946, section 3.1): WGS 84, longitude before latitude."""

    geometry: dict[str, Any]


Geometry = (
    Box
    | RotatedBox
    | Polygon
    | Polyline
    | Point
    | Keypoints
    | Ellipse
    | Mask
    | Cuboid
    | Segment
    | Landmark
    | Length
    | Angle
    | Cuboid3D
    | SliceShape
    | TextSpan
    | HtmlSpan
    | MessageSpan
    | Messages
    | Interval
    | PageBox
    | PageTokens
    | Geo
)


def kind(shape: Geometry | None) -> str:
    """Return the `kind` of a shape as the loss report names it; holes and several parts are kinds of their own."""
    if isinstance(shape, Polygon):
        if max(map(len, shape.parts), default=0) > 1:
            return "polygon_with_hole"
        return "multi_polygon" if len(shape.parts) > 1 else "polygon"
    return "classification" if shape is None else str(shape.__struct_config__.tag)


KINDS = (
    *(str(shape.__struct_config__.tag) for shape in get_args(Geometry)),
    *("multi_polygon", "polygon_with_hole", "classification"),
)
"""Every kind that `kind` returns."""
