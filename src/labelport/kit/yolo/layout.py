"""A data set as Ultralytics lays it out: `data.yaml`, and a text file of lines for each picture.

An empty file says that a picture was reviewed and holds nothing inside it, a missing one that nobody said so. Class ids
count from 0 without gaps, in the order of the pinned numbers. Values are shares of the displayed picture, from 0 to 1.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labelport.kit import listing
from labelport.kit.format import FILES, Context, Document, Encode, File, Lost, Row, stem
from labelport.kit.pictures import Mark, counted, pictures, size
from labelport.model.record import Record, state_of
from labelport.shapes import rings

PART = "train"
"""The part that pictures are in where the delivery is not split."""
USED = ("train", "val", "test")
"""The parts that Ultralytics knows; `train` and `val` have to be there."""
FLAT = ("box", "rotated_box", "polygon", "multi_polygon", "polygon_with_hole", "ellipse", "mask", "cuboid")
"""Kinds of shapes that have an inside."""
NOTHING = "it marks nothing"
OUTSIDE = "it is outside of the picture"
CLIPPED = "what is inside the picture"
SLIGHT = 1e-6
"""Pixels outside of the picture that are no loss."""


class Size(NamedTuple):
    """Width and height of a picture."""

    width: int
    height: int


Line = tuple[str, Lost | None]
"""What a mark is in a file, after its class, without a line feed; and what is lost by that. Dropped, it is empty."""
Draw = Callable[[Mark, Size], Line]


Gather = Callable[[list[Mark], Context], Iterator[Mark | Lost]]
"""Puts marks of one object together, and tells what is lost by that."""


def encoder(draw: Draw, gather: Gather | None = None) -> Encode:
    """Return what writes a record, each mark as `draw` says."""

    def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
        """Yield the files of a task's pictures, and their lines in the list."""
        ids = {one.number: str(place) for place, one in enumerate(context.classes)}
        for picture in pictures(record, context):
            path = f"labels/{context.part or PART}/{stem(picture.path)}.txt"
            yield listing.listed(record, picture, path)
            sides = Size(*size(record)) if picture.marks else Size(0, 0)
            lines: list[str] = []
            for mark in gather(picture.marks, context) if gather else picture.marks:
                if isinstance(mark, Lost):
                    yield mark
                    continue
                text, lost = draw(mark, sides)
                if text:
                    lines.append(f"{ids[mark.class_]} {text}\n")
                if lost is not None:
                    yield lost
            if picture.marks or picture.state == "empty":
                yield File(path, "".join(lines).encode())

    return encode


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the list of pictures."""
    return (listing.DOCUMENT,)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives, and how many of them have a file."""
    number, marks = counted(record, context.frames)
    return {listing.SECTION: number, FILES: number if marks else int(state_of(record) == "empty")}


def data_yaml(context: Context, more: Sequence[str] = ()) -> bytes:
    """Return `data.yaml`; `more` are lines of a format's own.

    A part of another name than Ultralytics' own goes by that. `numbers` are the pinned numbers of the classes, which
    other readers pass over.
    """
    classes = context.classes
    lines = [
        *(f"{name}: images/{part}" for name, part in _parts(context.parts)),
        "names:" if classes else "names: []",
        *(f"  {place}: {quoted(one.name)}" for place, one in enumerate(classes)),
        *more,
        f"numbers: {[one.number for one in classes]}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def once(context: Context) -> Iterator[File]:
    """Yield `data.yaml`."""
    yield File("data.yaml", data_yaml(context))


def share(value: float, side: int) -> float:
    """Return a share of a side, from 0 to 1."""
    return min(max(value / side, 0.0), 1.0)


def is_inside(flat: rings.Ring, size: Size) -> bool:
    """Whether all points are inside the picture, or so slightly outside that nobody misses anything."""
    x, y, width, height = rings.bounds(flat)
    right, bottom = size.width + SLIGHT, size.height + SLIGHT
    return x >= -SLIGHT and y >= -SLIGHT and x + width <= right and y + height <= bottom


def dropped(mark: Mark, why: str) -> Line:
    """Return that a mark is not written."""
    return "", Lost(mark.what, "dropped", why)


def clipped(mark: Mark) -> Lost:
    """Return that only a piece of a mark is written."""
    return Lost(mark.what, "converted", CLIPPED)


def place(path: str, context: Context) -> str:
    """Return where the copy of a picture is."""
    return f"images/{context.part or PART}/{path}"


def _parts(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what `data.yaml` says of parts: `train` and `val` are the first where there are none of these names."""
    known = parts or (PART,)
    for name in USED:
        if name in known or name != "test":
            yield name, name if name in known else known[0]
    yield from ((quoted(name), name) for name in known if name not in USED)


def quoted(text: str) -> str:
    """Return a text in double quotes (YAML 1.1, 5.7): as in JSON, but letters past U+FFFF have escapes of their own."""
    letters = (f"\\U{ord(one):08x}" if ord(one) > 0xFFFF else json.dumps(one)[1:-1] for one in text)
    return f'"{"".join(letters)}"'
