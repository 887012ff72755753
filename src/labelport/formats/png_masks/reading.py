"""Masks read back by their legend and their index."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelport.errors import Fault, InvalidError
from labelport.formats.png_masks.index import LEGEND, ON, PICTURES, Legend, Part, Picture
from labelport.kit import native, palette, png
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject
from labelport.kit.legend import FOREGROUND, classes_of
from labelport.model.asset import Asset
from labelport.model.geometry import Mask
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.shapes import rle

Pixels = NDArray[np.uint8] | NDArray[np.int32]
_legend = msgspec.json.Decoder(Legend)
_picture = msgspec.json.Decoder(Picture)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then the records of each index, with the masks of their objects."""
    files = {given.path: given for given in inputs}
    for path in sorted(files):
        folder, _, name = path.rpartition("/")
        if name == LEGEND and (index := files.get(f"{folder}/{PICTURES}".lstrip("/"))):
            try:
                found = _legend.decode(files[path].read())
            except BROKEN as e:
                yield Reject(path, "$", (Fault("$", str(e)),), records=0)
                continue
            yield Ontology(classes_of(found.kind, found.classes))
            yield from _Reader(found, folder, files).records(index)


def _rows(index: Input, broken: list[Reject]) -> Iterator[Picture]:
    """Yield the rows of an index; put aside those that are none."""
    for number, line in native.lines(index):
        try:
            yield _picture.decode(line)
        except BROKEN as e:
            broken.append(Reject(index.path, f"line {number}", (native.fault(e),), records=0))


class _Reader:
    """Reads one folder of masks."""

    def __init__(self, legend: Legend, folder: str, files: Mapping[str, Input]) -> None:
        self._legend, self._files = legend, files
        self._folder = f"{folder}/" if folder else ""
        self._shades = {palette.parsed(one.colour): one.class_ for one in legend.classes}

    def records(self, index: Input) -> Iterator[Item]:
        """Yield the record of each task, whose rows lie together, and the counts."""
        tasks = held = 0
        broken: list[Reject] = []
        for _, pictures in groupby(_rows(index, broken), key=lambda row: row.task):
            rejects: list[Reject] = []
            tasks += 1
            record = self._record(list(pictures), rejects)
            held += sum(len(label.annotations) for label in record.labels) + sum(one.annotations for one in rejects)
            yield from rejects
            yield record
        yield from broken
        yield Counted(index.path, tasks, held)

    def _record(self, pictures: list[Picture], rejects: list[Reject]) -> Record:
        first = pictures[0]
        name = str(first.task)
        found: list[Annotation] = []
        for picture in pictures:
            try:
                found += self._marks(picture)
            except InvalidError as e:
                rejects.append(Reject(str(picture.mask), name, tuple(e.faults), len(picture.parts), 0))
        is_bare = first.state == "unlabelled" and not found
        labels = () if is_bare else (Label("masks", source="import", annotations=tuple(found)),)
        is_still = all(one.frame is None for one in pictures)
        asset = Asset(name, "image" if is_still else "video", first.path, width=first.width, height=first.height)
        return Record(name, first.path, asset, labels=labels)

    def _marks(self, picture: Picture) -> Iterator[Annotation]:
        whole = self._read(picture, picture.mask) if picture.mask and picture.parts else None
        on = None if picture.frame is None else Target(first_frame=picture.frame, last_frame=picture.frame)
        at = "" if picture.frame is None else f"{picture.frame}/"
        for place, part in enumerate(picture.parts):
            inside = self._inside(picture, part, whole)
            height, width = inside.shape
            shape = Mask(height, width, rle.write(rle.encode(inside)))
            name = part.annotation or f"{picture.task}/{part.class_ or place}"
            class_ = FOREGROUND.number if self._legend.kind == "binary" else part.class_
            yield Annotation(at + name, class_=class_, geometry=shape, on=on)

    def _inside(self, picture: Picture, part: Part, whole: Pixels | None) -> NDArray[np.bool_]:
        """Return the pixels of an object or a class, which are as many as the index says."""
        inside: NDArray[np.bool_]
        if part.file:
            inside = self._read(picture, part.file) == ON
        elif whole is None:
            raise InvalidError("a mask", [Fault("mask", "is not named, nor is a file of its own")])
        elif self._legend.colour == "rgb":
            colour = next((shade for shade, number in self._shades.items() if number == part.value), palette.BLACK)
            inside = (whole == np.array(colour, np.uint8)).all(axis=-1)
        else:
            inside = whole == part.value
        if (counted := int(np.count_nonzero(inside))) != part.pixels:
            raise InvalidError("a mask", [Fault("pixels", f"{part.pixels} in the index, {counted} in the file")])
        return inside

    def _read(self, picture: Picture, path: str) -> Pixels:
        given = self._files.get(self._folder + path)
        if given is None:
            raise InvalidError("a mask", [Fault("mask", f"{path!r} is missing")])
        pixels = png.read(given.read())
        if pixels.shape[:2] != (picture.height, picture.width):
            tall, wide = pixels.shape[:2]
            told = f"is {tall} x {wide} for a picture of {picture.height} x {picture.width}"
            raise InvalidError("a mask", [Fault("mask", f"{path!r} {told}")])
        return pixels
