"""A COCO document as it stands in a file: its elements, read one by one, and the keys that nobody reads.

Format: https://cocodataset.org/#format-data.
"""

import re
from collections import Counter
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Raw

from labelport.errors import Fault
from labelport.kit.format import BROKEN, Input, Reject, Unread
from labelport.model.geometry import Count
from labelport.model.label import Confidence
from labelport.model.ontology import Attribute

Id = int | str
CAPTION = "caption"
"""The question that a caption answers, unless its `key`, an extension of ours, names another."""


class Rle(msgspec.Struct, frozen=True):
    """Runs of a mask: height and width, and the runs as a counts string or as a list."""

    size: tuple[Count, Count]
    counts: str | tuple[Annotated[int, Meta(ge=0, lt=2**40)], ...]


class ImageRow(msgspec.Struct, frozen=True):
    """An element of `images`."""

    id: Id
    file_name: str
    width: Count | None = None
    height: Count | None = None
    license: Any = None
    coco_url: str | None = None
    flickr_url: str | None = None
    date_captured: Any = None
    state: str | None = None


class CategoryRow(msgspec.Struct, frozen=True):
    """An element of `categories`; edges of the skeleton count from 1. `attributes` is our extension."""

    id: int
    name: str
    supercategory: str | None = None
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]], ...] = ()
    color: tuple[int, int, int] | None = None
    attributes: tuple[Attribute, ...] = ()


class SegmentRow(msgspec.Struct, frozen=True):
    """An element of `segments_info` of a panoptic annotation."""

    id: int
    category_id: int
    bbox: tuple[float, float, float, float] | None = None
    area: Any = None
    iscrowd: int | bool = 0


class AnnotationRow(msgspec.Struct, frozen=True):
    """An element of `annotations`, of whichever of COCO's tasks; `score` and what follows are extensions."""

    image_id: Id
    id: Id | None = None
    category_id: int | None = None
    segmentation: tuple[tuple[float, ...], ...] | Rle | None = None
    bbox: tuple[float, ...] | None = None
    area: Any = None
    iscrowd: int | bool = 0
    keypoints: tuple[float, ...] | None = None
    num_keypoints: Any = None
    caption: str | None = None
    key: str = CAPTION
    segments_info: tuple[Raw, ...] | None = None
    file_name: str | None = None
    score: Confidence | None = None
    occluded: bool | None = None
    truncated: bool | None = None
    group: str | None = None
    z_order: int = 0
    attributes: dict[str, Any] | None = None


class _Outline(msgspec.Struct, frozen=True):
    images: list[Raw]
    annotations: list[Raw] = []
    categories: list[Raw] = []


class _Image(ImageRow, frozen=True, forbid_unknown_fields=True):
    pass


class _Category(CategoryRow, frozen=True, forbid_unknown_fields=True):
    pass


class _Segment(SegmentRow, frozen=True, forbid_unknown_fields=True):
    pass


class _Annotation(AnnotationRow, frozen=True, forbid_unknown_fields=True):
    pass


Row = TypeVar("Row", bound=msgspec.Struct)


class Kind(Generic[Row]):
    """How one kind of element is read: as it should be, or, where it holds more, with those keys noted."""

    def __init__(self, place: str, row: type[Row], strict: type[Row]) -> None:
        """Make the decoders; `place` is the path pattern of the elements."""
        self.place = place
        self._known = frozenset(row.__struct_fields__)
        self._loose: msgspec.json.Decoder[Row] = msgspec.json.Decoder(row)
        self._strict: msgspec.json.Decoder[Row] = msgspec.json.Decoder(strict)

    def read(self, raw: Raw, unread: Counter[str]) -> Row:
        """Return the element; raises `msgspec.DecodeError`."""
        try:
            return self._strict.decode(raw)
        except msgspec.ValidationError:
            found = self._loose.decode(raw)
            unread.update(f"{self.place}.{key}" for key in _keys.decode(raw) if key not in self._known)
            return found


IMAGE = Kind("$.images[]", ImageRow, _Image)
CATEGORY = Kind("$.categories[]", CategoryRow, _Category)
SEGMENT = Kind("$.annotations[].segments_info[]", SegmentRow, _Segment)
ANNOTATION = Kind("$.annotations[]", AnnotationRow, _Annotation)


class Document(msgspec.Struct, frozen=True):
    """The elements of a document, undecoded, and the keys of it that are not read, counted."""

    path: str
    images: list[Raw]
    annotations: list[Raw]
    categories: list[Raw]
    unread: Counter[str]


def open_document(given: Input) -> Document | Reject | Unread:
    """Return the document in a file, or why there is none; JSON without `images` is of another kind and not read."""
    data = given.read().removeprefix(b"\xef\xbb\xbf")
    try:
        keys = _top(data)
    except BROKEN:
        data = _NO_NUMBERS.sub(_quoted, data)
        try:
            keys = _top(data)
        except BROKEN as e:
            return Reject(given.path, "$", (fault(e, data),))
    if "images" not in keys:
        return Unread(given.path, "$", 1)
    try:
        outline = _outline.decode(data)
    except BROKEN as e:
        return Reject(given.path, "$", (fault(e, data),))
    unread = Counter(f"$.{key}" for key in keys if key not in _Outline.__struct_fields__)
    return Document(given.path, outline.images, outline.annotations, outline.categories, unread)


def fault(error: Exception, data: bytes | Raw, at: str = "$") -> Fault:
    """Return where and why an element could not be decoded; `at` is its own path."""
    found = _AT.match(str(error))
    reason, path = (found["reason"], found["path"]) if found else (str(error), "$")
    held = _QUOTED.search(bytes(data))
    if held and "got `str`" in reason:
        reason = f"{held[1].decode()} is no number"
    return Fault(at + path.removeprefix("$"), reason)


def _top(data: bytes) -> frozenset[str]:
    """Return the keys of the document; none for what is no object."""
    try:
        return frozenset(_keys.decode(data))
    except msgspec.ValidationError:
        return frozenset()


def _quoted(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0].startswith(b'"') else b'"%b"' % found[0]


_keys = msgspec.json.Decoder(dict[str, Raw])
_outline = msgspec.json.Decoder(_Outline)
_AT = re.compile(r"^(?P<reason>.*) - at `(?P<path>.*)`$", re.DOTALL)
_NO_NUMBERS = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b', re.DOTALL)
"""Strings, which stay as they are, and what Python writes for floats that JSON has no words for."""
_QUOTED = re.compile(rb'"(NaN|-?Infinity)"')
