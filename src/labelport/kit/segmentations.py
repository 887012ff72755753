"""The segments of a record as volumes of a file each: labelled, by instance, by class, or all one, on the scan's grid.

What one volume cannot hold, since segments overlap, is split into a volume for each, and told.
"""

from collections.abc import Callable, Iterator, Sequence
from string import ascii_uppercase
from typing import Literal, NamedTuple

import numpy as np

from labelport.errors import Fault, InvalidError
from labelport.kit.format import Context, Lost, stem
from labelport.kit.label_volume import LabelVolume, Voxels, pack, renumbered, unpack
from labelport.kit.naming import key, numbered
from labelport.kit.naming import stem as safe
from labelport.kit.scenes import number_of
from labelport.model.asset import Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes.grid import Grid, grid_of_series

Kind = Literal["labelled", "grouped", "instance", "semantic", "class", "binary"]
FOLDER = "segmentations"
NOWHERE = "it covers no voxel"
NO_GRID = "where the voxels of its series lie is not known"
SPLIT = "segment in a file of its own, since others overlap it"


class Part(NamedTuple):
    """What is in a volume: whose values, of which class, how many voxels; without an annotation, all of a class.

    `number` is that of the file, where it is of one object or class.
    """

    values: tuple[int, ...]
    voxels: int
    class_: int | None = None
    annotation: str | None = None
    number: int | None = None


class Made(NamedTuple):
    """A volume to write, and what is in it; `path` has no extension."""

    path: str
    series: Series
    grid: Grid
    volume: LabelVolume
    parts: tuple[Part, ...]
    label: str | None = None


class _Mark(NamedTuple):
    annotation: Annotation
    segment: Segment
    class_: int


class _Unit(NamedTuple):
    """The segments of a label on a series; their blobs, unpacked when they are looked at."""

    label: str | None
    path: str
    series: Series
    grid: Grid
    marks: list[_Mark]
    open: Callable[[str], LabelVolume]


def made(record: Record, context: Context, kind: Kind) -> Iterator[Made | Lost]:
    """Yield the volumes of a record, and what is lost or changed; one of them is in memory at a time."""
    for unit in _units(record, context, kind):
        if isinstance(unit, Lost):
            yield unit
        elif not unit.marks:
            yield _empty(unit)
        else:
            yield from _made(unit, kind)


def files(record: Record, context: Context, kind: Kind) -> int:
    """Return how many volumes a record gives, without unpacking one."""
    total = 0
    for unit in _units(record, context, kind):
        if isinstance(unit, Lost):
            continue
        marks = [mark for mark in unit.marks if _covers(unit, mark)]
        classes = len({mark.class_ for mark in marks})
        match kind:
            case "instance":
                total += len(marks)
            case "class":
                total += classes
            case "binary":
                total += 1 if marks or not unit.marks else 0
            case "labelled" | "grouped" | "semantic" if marks:
                is_whole = _shown(unit._replace(marks=marks), unit.open(marks[0].segment.blob), kind) is not None
                total += 1 if is_whole else classes if kind == "semantic" else len(marks)
            case _:
                total += not unit.marks
    return total


def _units(record: Record, context: Context, kind: Kind) -> Iterator[_Unit | Lost]:
    """Yield what lies together, and what has no place; of an empty task, where that is shown, its series."""
    places = paths(record)
    seen: set[str] = set()
    for place, label in enumerate(record.labels):
        for series, marks in _by_series(record, label, context.classes):
            grid = grid_of_series(series) if series else None
            if series is None or grid is None:
                yield from (Lost("segment", "dropped", NO_GRID) for _ in marks)
                continue
            seen.add(series.id)
            yield _Unit(label.id, places[place, series.id], series, grid, marks, _opener(context, grid))
    if state_of(record) == "empty" and kind not in {"instance", "class"}:
        for series in record.asset.series:
            if series.id not in seen and (grid := grid_of_series(series)):
                yield _Unit(None, places[0, series.id], series, grid, [], _opener(context, grid))


def paths(record: Record) -> dict[tuple[int, str], str]:
    """Return where the volumes of each label on each series lie, by the place of the label and the id of the series.

    They are named by the series, or by a letter where it has no name; those of further labels have their number behind
    it. Names that one folder cannot hold beside each other are numbered.
    """
    taken: set[str] = set()
    found: dict[tuple[int, str], str] = {}
    for label in range(max(len(record.labels), 1)):
        for place, series in enumerate(record.asset.series):
            name = (safe(series.name) if series.name else _letters(place)) + (f"_{label}" if label else "")
            wanted, again = name, 0
            while key(f"{wanted}.") in taken:
                again += 1
                wanted = numbered(f"{name}.", again).removesuffix(".")
            taken.add(key(f"{wanted}."))
            found[label, series.id] = f"{FOLDER}/{stem(record.path)}/{wanted}"
    return found


def count(record: Record) -> int:
    """Return how many segments a record has."""
    return sum(isinstance(one.geometry, Segment) for label in record.labels for one in label.annotations)


def _by_series(
    record: Record, label: Label, classes: Sequence[LabelClass]
) -> Iterator[tuple[Series | None, list[_Mark]]]:
    """Yield each series that has segments with them; those that name none are of the only one."""
    only = record.asset.series[0].id if len(record.asset.series) == 1 else None
    found: dict[str | None, list[_Mark]] = {}
    for one in label.annotations:
        if isinstance(one.geometry, Segment) and one.class_ is not None:
            name = (one.on.series if one.on else None) or only
            found.setdefault(name, []).append(_Mark(one, one.geometry, number_of(one.class_, classes)))
    known = {series.id: series for series in record.asset.series}
    for name in sorted(found, key=lambda name: (name is None, list(known).index(name) if name in known else 0)):
        yield known.get(name or ""), found[name]


def _made(unit: _Unit, kind: Kind) -> Iterator[Made | Lost]:
    marks = []
    for mark in unit.marks:
        if _covers(unit, mark):
            marks.append(mark)
        else:
            yield Lost("segment", "dropped", NOWHERE)
    if not marks:
        return
    unit = unit._replace(marks=marks)
    match kind:
        case "instance":
            yield from _instances(unit)
        case "class":
            yield from _classes(unit)
        case "binary":
            yield from _binary(unit)
        case "labelled" | "grouped" | "semantic":
            yield from _whole(unit, kind)


def _whole(unit: _Unit, kind: Kind) -> Iterator[Made | Lost]:
    """Yield one volume of all segments, or where they overlap one for each."""
    volume = unit.open(unit.marks[0].segment.blob)
    shown = _shown(unit, volume, kind)
    if shown is None:
        yield from (Lost("segment", "converted", SPLIT) for _ in unit.marks)
        yield from _classes(unit) if kind == "semantic" else _instances(unit)
        return
    if kind != "semantic":
        parts = tuple(_part(mark, volume) for mark in unit.marks)
    else:
        owned = [
            (class_, tuple(value for value in shown if shown[value] == class_))
            for class_ in sorted(set(shown.values()))
        ]
        parts = tuple(Part((class_,), volume.covered(values), class_) for class_, values in owned)
    is_same = shown.keys() == volume.header.counts.keys() and all(value == new for value, new in shown.items())
    yield _of(unit, unit.path, volume if is_same else _packed(renumbered(volume.voxels(), shown)), parts)


def _shown(unit: _Unit, volume: LabelVolume, kind: Kind) -> dict[int, int] | None:
    """Return what each value of a volume is shown as; None where one volume cannot show all."""
    if len({mark.segment.blob for mark in unit.marks}) > 1:
        return None
    shown: dict[int, int] = {}
    owner: dict[int, int | str] = {}
    for mark in unit.marks:
        own = mark.class_ if kind == "semantic" else mark.annotation.id
        for value in mark.segment.values:
            if value not in volume.header.counts:
                continue
            if owner.setdefault(value, own) != own and kind != "grouped":
                return None
            shown[value] = mark.class_ if kind == "semantic" else value
    return shown


def _instances(unit: _Unit) -> Iterator[Made]:
    """Yield a volume of zeros and ones for each segment, named by its own value, or by its place where values clash."""
    own = [mark.segment.values[0] for mark in unit.marks]
    names = own if len(set(own)) == len(own) else range(1, len(own) + 1)
    for name, mark in zip(names, unit.marks, strict=True):
        volume = unit.open(mark.segment.blob)
        part = Part((1,), volume.covered(mark.segment.values), mark.class_, mark.annotation.id, name)
        yield _of(unit, f"{unit.path}/instance-{name}", _packed(_inside(unit, (mark,))), (part,))


def _classes(unit: _Unit) -> Iterator[Made]:
    for class_ in sorted({mark.class_ for mark in unit.marks}):
        volume = _packed(_inside(unit, [mark for mark in unit.marks if mark.class_ == class_]))
        yield _of(
            unit, f"{unit.path}/category-{class_}", volume, (Part((1,), volume.covered((1,)), class_, number=class_),)
        )


def _binary(unit: _Unit) -> Iterator[Made]:
    volume = _packed(_inside(unit, unit.marks))
    yield _of(unit, unit.path, volume, (Part((1,), volume.covered((1,))),))


def _empty(unit: _Unit) -> Made:
    return _of(unit, unit.path, _packed(np.zeros(unit.grid.shape, np.uint8, order="F")), ())


def _inside(unit: _Unit, marks: Sequence[_Mark]) -> Voxels:
    """Return ones where any of the segments is."""
    found = np.zeros(unit.grid.shape, np.bool_, order="F")
    for blob in dict.fromkeys(mark.segment.blob for mark in marks):
        volume = unit.open(blob)
        values = {value for mark in marks if mark.segment.blob == blob for value in mark.segment.values}
        found |= volume.inside(volume.voxels(), values)
    return found.view(np.uint8)


def _covers(unit: _Unit, mark: _Mark) -> bool:
    return unit.open(mark.segment.blob).covered(mark.segment.values) > 0


def _part(mark: _Mark, volume: LabelVolume) -> Part:
    there = tuple(value for value in mark.segment.values if value in volume.header.counts)
    return Part(there, volume.covered(there), mark.class_, mark.annotation.id)


def _of(unit: _Unit, path: str, volume: LabelVolume, parts: tuple[Part, ...]) -> Made:
    return Made(path, unit.series, unit.grid, volume, parts, unit.label)


def _packed(voxels: Voxels) -> LabelVolume:
    return unpack(pack(voxels))


def _opener(context: Context, grid: Grid) -> Callable[[str], LabelVolume]:
    """Return what opens the volumes of a series, which are as large as it is; the last one stays at hand."""
    kept: dict[str, LabelVolume] = {}

    def opened(sha256: str) -> LabelVolume:
        if sha256 not in kept:
            volume = unpack(context.blob(sha256))
            if volume.header.shape != grid.shape:
                told = f"{volume.header.shape} voxels, where the series has {grid.shape}"
                raise InvalidError(f"the label volume {sha256}", [Fault("$", told)])
            kept.clear()
            kept[sha256] = volume
        return kept[sha256]

    return opened


def _letters(place: int) -> str:
    """Return `A`, `B` ... `Z`, `AA` ... for a place from 0 on."""
    higher, last = divmod(place, len(ascii_uppercase))
    return (_letters(higher - 1) if higher else "") + ascii_uppercase[last]
