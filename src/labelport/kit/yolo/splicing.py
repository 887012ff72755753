"""Label files made of what COCO's fragments tell of objects, without their records.

A row of COCO has the number of the class, the bounds and the outline: all that a line says. What would be cut off or
left out is not written this way, so that the encoder tells what is lost.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from labelport.kit import listing
from labelport.kit.format import Borrowed, Context, File, Format, Row, Splice, Stored, stem
from labelport.kit.yolo.layout import PART, Size, ids

UNLIKE = frozenset(
    {
        *(f"kind:{name}" for name in ("rotated_box", "ellipse", "cuboid", "polyline", "point", "keypoints")),
        "feature:crowd",
    }
)
"""Facts of labels with objects that COCO has otherwise: converted, put together with others, or not at all."""


class Bounded(msgspec.Struct, frozen=True, gc=False):
    """What is read of a row: class and bounds."""

    category_id: int
    bbox: tuple[float, float, float, float]


class Runs(msgspec.Struct, frozen=True, gc=False):
    """The outline of a mask."""

    size: tuple[int, int]
    counts: str


class Outlined(Bounded, frozen=True, gc=False):
    """What is read of a row for outlines: the rings of a polygon, the runs of a mask, or nothing of a box."""

    segmentation: Runs | list[tuple[float, ...]]


Read = TypeVar("Read", bound=Bounded)
Draw = Callable[[Read, Size], str | None]
"""Returns what stands in a line after the class; None where the encoder has to write the task."""


def splicing(plain: Format, kind: type[Read], draw: Draw[Read]) -> Format:
    """Return the format with a fast way, which reads so much of each row."""
    return msgspec.structs.replace(plain, splice=_splice(kind, draw), borrows=Borrowed("coco", UNLIKE, files))


def files(stored: Stored, objects: int) -> int:
    """Return how many files a task has with so many objects."""
    return int(objects > 0 or stored.state == "empty")


def is_whole(bounds: Sequence[float], size: Size) -> bool:
    """Whether bounds have a size, and lie wholly inside the picture."""
    x, y, width, height = bounds
    return bool(width and height) and x >= 0 and y >= 0 and x + width <= size.width and y + height <= size.height


def _splice(kind: type[Read], draw: Draw[Read]) -> Splice:
    rows = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]  # a type that is given at run time

    def splice(stored: Stored, context: Context) -> Iterable[Row | File] | None:
        body = b",".join(filter(None, stored.fragments))
        size = Size(stored.width or 0, stored.height or 0)
        numbered = ids(context.classes) if body else {}
        lines: list[str] = []
        found: list[Read] = rows.decode(b"[%b]" % body) if body else []
        for row in found:
            text = draw(row, size)
            if text is None:
                return None
            lines.append(f"{numbered[row.category_id]} {text}\n")
        path = f"labels/{context.part or PART}/{stem(stored.path)}.txt"
        line = listing.line(stored.number, stored.path, path, (stored.width, stored.height), stored.state)
        is_said = lines or stored.state == "empty"
        return (line, File(path, "".join(lines).encode())) if is_said else (line,)

    return splice
