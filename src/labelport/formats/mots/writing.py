"""Objects painted frame by frame: each pixel is of the one that lies on top."""

from collections.abc import Iterator, Mapping

import numpy as np

from labelport.formats.mots.index import INSTANCES, class_of, form, names, objects
from labelport.kit import layers, png, sequences
from labelport.kit.format import FILES, Context, File, Lost, stem
from labelport.kit.layers import COVERED, NOWHERE, PARTLY, Layer
from labelport.kit.scenes import Mark, sides
from labelport.kit.sequences import LABELS, ROWS
from labelport.model.geometry import kind
from labelport.model.label import Annotation, ClassRef, Track
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.frames import UNSEEN
from labelport.shapes.paint import Painting
from labelport.shapes.presence import Presence, by_frame

CARRIES = layers.carries()
NO_SIZE = "the size of its video is not known, and a mask needs it"
TOO_MANY = "its number would not fit into 16 bits, or a thousand of its class are there"


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield the rows or the pictures, what the video is, and what is not there or not whole."""
    work = _Work(record, context)
    rows: list[str] = []
    for frame, seen in by_frame(record, context.frames) if work.size else ():
        found, painting = work.painted(seen)
        if form(context) == "png":
            path = f"{INSTANCES}/{stem(record.path)}/{frame + 1:06d}.png"
            yield File(path, png.write(painting.astype(np.uint16)))
        else:
            rows += work.rows(frame, found, painting)
    yield from work.losses()
    if form(context) == "txt":
        yield File(f"{stem(record.path)}/gt/{ROWS}", "".join(rows).encode())
        yield File(f"{stem(record.path)}/gt/{LABELS}", sequences.lines_of(names(context.classes)))
    yield sequences.about(record)


def once(context: Context) -> Iterator[File]:
    """Yield the names of classes beside pictures; each file of rows has its own."""
    if form(context) == "png":
        yield File(f"{INSTANCES}/{LABELS}", sequences.lines_of(names(context.classes)))


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives: of pictures, one for each frame that bears anything."""
    if form(context) == "txt":
        return {FILES: 3}
    frames = sum(1 for _ in by_frame(record, context.frames)) if sides(record) else 0
    return {FILES: 1 + frames}


class _Work:
    """Paints one record; knows afterwards how much of each object has been seen."""

    def __init__(self, record: Record, context: Context) -> None:
        self.size = sides(record)
        self._classes: dict[ClassRef | None, int] = {
            ref: one.number for one in context.classes for ref in (one.number, one.name)
        }
        self._all: list[Annotation | Track] = []
        for label in record.labels:
            self._all += (*label.annotations, *label.tracks)
        self._numbers = objects(self._all, self._classes)
        self._covered: dict[int, int] = {}
        self._kept: dict[int, int] = {}

    def painted(self, seen: list[Presence]) -> tuple[list[Layer], Painting]:
        """Return the layers of a frame that can be seen, and its pixels."""
        assert self.size is not None
        marks = [self._mark(one) for one in sorted(seen, key=lambda one: one.one.number)]
        found = layers.layers([mark for mark in marks if mark.thing.number in self._numbers], self.size, "z_order")
        values = [self._numbers[one.mark.thing.number] for one in found]
        painting = layers.painted(found, values, self.size)
        kept = layers.left(found, values, painting)
        for one, pixels in zip(found, kept, strict=True):
            number = one.mark.thing.number
            self._covered[number] = self._covered.get(number, 0) + one.area
            self._kept[number] = self._kept.get(number, 0) + pixels
        return [one for one, pixels in zip(found, kept, strict=True) if pixels], painting

    def rows(self, frame: int, found: list[Layer], painting: Painting) -> Iterator[str]:
        """Yield the rows of a frame, by object."""
        height, width = painting.shape
        for value, one in sorted((self._numbers[one.mark.thing.number], one) for one in found):
            is_whole = rle.area(one.runs) == np.count_nonzero(painting == value)
            runs = one.runs if is_whole else rle.encode(painting == value)
            yield f"{frame + 1} {value} {class_of(value)} {height} {width} {rle.write(runs)}\n"

    def losses(self) -> Iterator[Lost]:
        """Yield what is not there in any frame, and what is not whole in some."""
        for one in self._all:
            what = kind(one.geometry) if isinstance(one, Annotation) else "track"
            covered, kept = self._covered.get(one.number), self._kept.get(one.number)
            if self.size is None or one.number not in self._numbers:
                yield Lost(what, "dropped", TOO_MANY if self.size else NO_SIZE)
            elif covered is None:
                yield Lost(what, "dropped", UNSEEN)
            elif not kept:
                yield Lost(what, "dropped", COVERED if covered else NOWHERE)
            elif kept < covered:
                yield Lost(what, "converted", PARTLY)

    def _mark(self, seen: Presence) -> Mark:
        one = seen.one
        what = kind(seen.shape) if isinstance(one, Annotation) else "track"
        return Mark(self._classes[one.class_], seen.shape, what, one, seen.state)
