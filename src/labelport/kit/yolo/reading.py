"""Reads a data set as Ultralytics lays it out: `data.yaml`, label files, and pictures for their sizes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit import listing
from labelport.kit.format import Counted, Decode, Input, Item, Reject, refused
from labelport.kit.images import SUFFIXES, sizes
from labelport.kit.listing import Listed
from labelport.kit.yolo.layout import Size
from labelport.model.asset import Asset
from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record


class Data(msgspec.Struct, frozen=True):
    """What `data.yaml` says, as far as it is read; `numbers` is Labelport's own."""

    names: dict[int, str] | list[str]
    numbers: list[int] | None = None
    kpt_shape: tuple[int, int] | None = None
    kpt_names: dict[int, list[str]] | None = None

    @property
    def called(self) -> dict[int, str]:
        """The names of the classes by their ids."""
        return self.names if isinstance(self.names, dict) else dict(enumerate(self.names))


Shapes = Sequence[Geometry]
Parse = Callable[[int, list[float], Size, Data], Shapes]
"""Returns what a line marks, in pixels, given its class and the values after it; raises `ValueError` if it is wrong."""
Classes = Callable[[Data], Iterable[LabelClass]]


class _Found:
    """The files of a data set."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self.yamls: list[Input] = []
        self.pictures: dict[str, Input] = {}
        self.labels: dict[str, Input] = {}
        self.lists: list[Input] = []
        for given in inputs:
            match PurePosixPath(given.path).suffix.lower():
                case ".yaml" | ".yml":
                    self.yamls.append(given)
                case ".txt" if _is_label(given.path):
                    self.labels[_key(given.path, "labels")] = given
                case ".csv":
                    self.lists.append(given)
                case suffix if suffix in SUFFIXES:
                    self.pictures[_key(given.path, "images")] = given
                case _:
                    pass


def classes(data: Data) -> Iterator[LabelClass]:
    """Yield the classes under the numbers that they were pinned to, or those after their ids."""
    numbers = data.numbers or ()
    for place, name in sorted(data.called.items()):
        yield LabelClass(numbers[place] if place < len(numbers) else place + 1, name)


def decoder(parse: Parse, classes_of: Classes = classes) -> Decode:
    """Return what reads a data set, each line as `parse` says."""

    def decode(inputs: Iterable[Input]) -> Iterator[Item]:
        """Yield the classes, then a record for each picture, with or without labels."""
        found = _Found(inputs)
        data = _data(found.yamls)
        if not isinstance(data, Data):
            yield data
            return
        yield Ontology(tuple(classes_of(data)))
        lines = yield from listing.read(found.lists)
        known = {_key(line.file, "labels"): line for line in lines}
        for key in {**known, **dict.fromkeys(sorted(found.pictures)), **dict.fromkeys(sorted(found.labels))}:
            reading = _Reading(data, known.get(key), found.pictures.get(key), found.labels.get(key))
            yield from reading.items(parse, key)

    return decode


class _Reading:
    """One picture with its label file."""

    def __init__(self, data: Data, line: Listed | None, picture: Input | None, labels: Input | None) -> None:
        self.data, self.line, self.picture, self.file = data, line, picture, labels

    def items(self, parse: Parse, key: str) -> Iterator[Item]:
        """Yield the record, and what of it could not be read."""
        name = self.line.image if self.line else self.picture.path if self.picture else key
        name = name.removeprefix("images/")
        try:
            rows = [row for row in self.file.text().splitlines() if row.strip()] if self.file else []
        except InvalidError as e:
            assert self.file is not None, "there is text"
            yield refused(self.file, e)
            return
        annotations: list[Annotation] = []
        rejected = 0
        try:
            size = self._size()
        except ValueError as e:
            path = self.file.path if self.file else name
            yield Reject(path, name, (Fault("$", str(e)),), len(rows))
            yield Counted(path, 1, len(rows))
            return
        for place, row in enumerate(rows, 1):
            try:
                annotations += self._line(row, size, parse, place)
            except ValueError as e:
                assert self.file is not None, "there are rows"
                yield Reject(self.file.path, name, (Fault(f"line {place}", str(e)),), 1, 0)
                rejected += 1
        yield self._record(name, size, tuple(annotations))
        if self.file:
            yield Counted(self.file.path, 1, len(annotations) + rejected)

    def _size(self) -> Size | None:
        """Return the size of the picture; raises `ValueError` where there are labels and it is not known."""
        if self.picture:
            with self.picture.open() as file:
                return Size(*sizes(file).shown)
        if self.line and self.line.width and self.line.height:
            return Size(self.line.width, self.line.height)
        if self.file is None or self.line:
            return None
        raise ValueError(
            "the size of the picture is not known: put the picture where the data set has it, under `images`, "
            "or an `images.csv` beside `data.yaml`"
        )

    def _line(self, row: str, size: Size | None, parse: Parse, place: int) -> list[Annotation]:
        if size is None:
            raise ValueError("the size of the picture is not known")
        head, *values = row.split()
        called = self.data.called
        if not head.isdigit() or int(head) not in called:
            raise ValueError(f"class {head!r} is none of {len(called)} in `data.yaml`")
        try:
            numbers = [float(value) for value in values]
        except ValueError as e:
            raise ValueError(f"{row[:60]!r} holds something that is no number") from e
        shapes = parse(int(head), numbers, size, self.data)
        group = f"g{place}" if len(shapes) > 1 else None
        ids = (f"{place}", f"{place}:joints")
        return [
            Annotation(id_, class_=called[int(head)], geometry=shape, group=group)
            for id_, shape in zip(ids, shapes, strict=False)
        ]

    def _record(self, name: str, size: Size | None, annotations: tuple[Annotation, ...]) -> Record:
        width, height = size or (None, None)
        labels = (Label("yolo", source="import", annotations=annotations),) if self.file else ()
        metadata = self.line.metadata if self.line else None
        return Record(
            name, name, Asset(name, "image", uri=name, width=width, height=height), labels=labels, metadata=metadata
        )


def _data(yamls: Sequence[Input]) -> Data | Reject:
    """Return what the data set's file says, the nearest to the top that names classes."""
    reasons: list[Fault] = []
    for given in sorted(yamls, key=lambda one: (one.path.count("/"), one.path)):
        try:
            data = msgspec.yaml.decode(given.read(), type=Data)
        except msgspec.DecodeError as e:
            reasons.append(Fault(given.path, str(e)))
            continue
        return data
    missing = Fault("data.yaml", "there is no such file: it names the classes")
    return Reject("data.yaml", "$", tuple(reasons) or (missing,), records=0)


def _is_label(path: str) -> bool:
    """Whether a text file is one of labels: not a list of pictures, nor a text beside the data set."""
    name = PurePosixPath(path)
    return "labels" in name.parts or len(name.parts) > 1


def _key(path: str, folder: str) -> str:
    """Return what a picture and its label file have in common: the path without the last `images` or `labels`."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if folder in parts[:-1]:
        del parts[len(parts) - 2 - parts[-2::-1].index(folder)]
    return "/".join(parts)


def box(values: Sequence[float], size: Size) -> tuple[float, float, float, float]:
    """Return x, y, width and height in pixels of a centre and a size in shares."""
    check(values)
    width, height = values[2] * size.width, values[3] * size.height
    return values[0] * size.width - width / 2, values[1] * size.height - height / 2, width, height


def ring(values: Sequence[float], size: Size) -> tuple[float, ...]:
    """Return points in pixels of points in shares."""
    check(values)
    return tuple(value * size[i & 1] for i, value in enumerate(values))


def check(values: Iterable[float]) -> None:
    """Raise `ValueError` for a value that is no share of a picture."""
    for value in values:
        if not 0 <= value <= 1:
            raise ValueError(f"{value:g} is no share of the picture, from 0 to 1")
