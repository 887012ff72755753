"""A data set as Ultralytics lays it out: `data.yaml`, and a text file of lines for each picture.

An empty file says that a picture was reviewed and holds nothing inside it, a missing one that nobody said so. Class ids
count from 0 without gaps, in the order in which the project got the classes. Values are shares, from 0 to 1, of the
displayed picture.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labelport.kit import listing, table
from labelport.kit.format import FILES, Context, Decode, File, Format, Lost, Row, stem
from labelport.kit.scenes import Mark, Scene, found, known_size, scenes
from labelport.kit.scenes import count as marked
from labelport.model.export import Carries
from labelport.model.ontology import LabelClass
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


class Line(NamedTuple):
    """An object in a file: the number of its class, and what stands after that, without a line feed."""

    class_: int
    text: str


Lines = Callable[[Sequence[Mark], Size, Context], Iterator[Line | Lost]]
"""Returns what marks are in a file, and what is lost by that."""
Draw = Callable[[Mark, Size], Iterator[Line | Lost]]


def each(draw: Draw) -> Lines:
    """Return what writes each mark by itself."""

    def lines(marks: Sequence[Mark], size: Size, context: Context) -> Iterator[Line | Lost]:
        del context
        for mark in marks:
            yield from draw(mark, size)

    return lines


def laid_out(
    title: str,
    carries: Carries,
    lines: Lines,
    decode: Decode,
    *,
    once: Callable[[Context], Iterator[File]] | None = None,
    merges: bool = False,
) -> Format:
    """Return a format in this layout."""

    def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
        """Yield the files of a task's pictures, and their lines in the list."""
        for scene in scenes(record, context):
            path = f"labels/{context.part or PART}/{stem(scene.path)}.txt"
            yield listing.listed(record, scene, path)
            yield from _file(path, scene, lines(scene.marks, _sides(record, scene), context), context)

    return Format(
        title,
        carries,
        encode,
        listing.documents,
        once=once or _once,
        decode=decode,
        typed=True,
        merges=merges,
        holds={listing.SECTION: "task"},
        number=table.number,
        count=count,
        found=found,
        parts="own",
        place=place,
    )


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives, and how many of them have a file."""
    number, marks = marked(record, context.frames)
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


def ids(classes: Sequence[LabelClass]) -> dict[int, int]:
    """Return the id of each class by its number."""
    return {one.number: place_ for place_, one in enumerate(classes)}


def share(value: float, side: int) -> float:
    """Return a share of a side, from 0 to 1."""
    return min(max(value / side, 0.0), 1.0)


def is_inside(flat: rings.Ring, size: Size) -> bool:
    """Whether all points are inside the picture, or so slightly outside that nobody misses anything."""
    x, y, width, height = rings.bounds(flat)
    right, bottom = size.width + SLIGHT, size.height + SLIGHT
    return x >= -SLIGHT and y >= -SLIGHT and x + width <= right and y + height <= bottom


def dropped(mark: Mark, why: str) -> Lost:
    """Return that a mark is not written."""
    return Lost(mark.what, "dropped", why)


def clipped(mark: Mark) -> Lost:
    """Return that only a piece of a mark is written."""
    return Lost(mark.what, "converted", CLIPPED)


def place(path: str, context: Context) -> str:
    """Return where the copy of a picture is."""
    return f"images/{context.part or PART}/{path}"


def _file(path: str, scene: Scene, lines: Iterable[Line | Lost], context: Context) -> Iterator[File | Lost]:
    """Yield the file of a picture, unless nobody said anything of it."""
    numbered = ids(context.classes)
    written: list[str] = []
    for line in lines:
        if isinstance(line, Lost):
            yield line
        else:
            written.append(f"{numbered[line.class_]} {line.text}\n")
    if scene.marks or scene.state == "empty":
        yield File(path, "".join(written).encode())


def _sides(record: Record, scene: Scene) -> Size:
    """Return the size of a picture, which matters only where there is anything on it."""
    height, width = known_size(record) if scene.marks else (0, 0)
    return Size(width, height)


def _once(context: Context) -> Iterator[File]:
    """Yield `data.yaml`."""
    yield File("data.yaml", data_yaml(context))


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
