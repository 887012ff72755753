"""KITTI, objects in pictures: a file of rows for each picture, `label_2/PATH.txt`, each with 15 columns.

`type truncated occluded alpha left top right bottom height width length x y z rotation_y`, as the readme of the object
devkit has them (https://www.cvlibs.net/datasets/kitti/eval_object.php). The columns of space (alpha, sizes, place,
turn) hold its figures for what is not known: -10, -1, -1000, -10. An empty file says that there is nothing to mark; a
picture that is not labelled has none. A class is one word: white space in its name becomes `_`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import NamedTuple

from labelport.errors import Fault, RequestError
from labelport.kit.count import annotations
from labelport.kit.format import FILES, Context, Counted, File, Format, Input, Item, Lost, Reject, Unread, stem
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.export import Carries
from labelport.model.geometry import Box, kind
from labelport.model.label import Annotation, ClassRef, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of
from labelport.shapes.convert import CONVERSIONS

CARRIES = Carries(
    kinds=frozenset({"box"}),
    converts=dict.fromkeys(CONVERSIONS["box"], "box"),
    features=frozenset({"occluded", "truncated"}),
)
FOLDER = "label_2"
COLUMNS = 15
_SPACE = (-10.0, -1.0, -1.0, -1.0, -1000.0, -1000.0, -1000.0, -10.0)
"""Alpha, height, width, length, x, y, z, rotation_y of what is only marked in the picture."""
_OCCLUDED = {False: "0", True: "1", None: "3"}
_TRUNCATED = {False: "0.00", True: "1.00", None: "-1"}


class Row(NamedTuple):
    """A row: the word of its class, and numbers."""

    class_: str
    truncated: float
    occluded: float
    sides: tuple[float, float, float, float]
    space: tuple[float, ...]


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield the rows of a picture that was looked at."""
    marks = [one for label in record.labels for one in label.annotations]
    if record.asset.kind == "video":
        yield from (Lost(kind(one.geometry), "dropped", "the task is a video") for one in marks)
    elif _is_seen(record):
        words = _words(context.classes)
        rows = (_line(one, one.geometry, words) for one in marks if isinstance(one.geometry, Box))
        yield File(f"{FOLDER}/{stem(record.path)}.txt", "".join(rows).encode())


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives."""
    del context
    return {FILES: int(record.asset.kind != "video" and _is_seen(record))}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many pictures a reader finds, and how many boxes."""
    return count(record, context)[FILES], annotations(record)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each file of rows."""
    files: list[Input] = []
    others = 0
    for given in foreign(inputs):
        if given.path.endswith(".txt"):
            files.append(given)
        else:
            others += 1
            yield Unread(given.path, "$", 1)
    if others and not files:
        raise RequestError("no file of KITTI's labels: expected .txt files of 15 columns")
    names = dict.fromkeys(line.split()[0] for file in files for _, line in _lines(file))
    yield Ontology(tuple(LabelClass(number, name) for number, name in enumerate(names, 1)))
    for file in files:
        yield from _record(file)


def _is_seen(record: Record) -> bool:
    """Whether somebody looked at the picture; a label that was skipped may hold marks all the same."""
    return state_of(record) != "unlabelled" or any(label.annotations for label in record.labels)


def _words(classes: Iterable[LabelClass]) -> dict[ClassRef | None, str]:
    """Return the word of each class by number and by name; one that is taken gets the class's number."""
    found: dict[ClassRef | None, str] = {}
    for one in sorted(classes, key=lambda one: one.number):
        word = "_".join(one.name.split()) or "_"
        word = word if word not in found.values() else f"{word}_{one.number}"
        found |= {one.number: word, one.name: word}
    return found


def _line(one: Annotation, box: Box, words: Mapping[ClassRef | None, str]) -> str:
    sides = (box.x, box.y, box.x + box.width, box.y + box.height)
    numbers = " ".join(f"{number:.6g}" for number in _SPACE[1:])
    corners = " ".join(repr(round(float(side), 6)) for side in sides)
    said = f"{_TRUNCATED[one.truncated]} {_OCCLUDED[one.occluded]} {_SPACE[0]:.6g}"
    return f"{words[one.class_]} {said} {corners} {numbers}\n"


def _record(file: Input) -> Iterator[Item]:
    name = file.path.removesuffix(".txt")
    name = name.removeprefix(f"{FOLDER}/") if name.startswith(f"{FOLDER}/") else name.rpartition(f"/{FOLDER}/")[2]
    unread: Counter[str] = Counter()
    marks: list[Annotation] = []
    faults: list[Fault] = []
    for number, line in _lines(file):
        row = _row(line)
        if row is None:
            faults.append(Fault(str(number), f"{line[:60]!r} is no row of a class and 14 or 15 numbers"))
            continue
        marks.append(_annotation(row, f"row-{number}"))
        unread["space"] += row.space != _SPACE
        unread["score"] += len(line.split()) > COLUMNS
    yield Record(name, name, Asset(name, "image", uri=name), labels=(Label("kitti", annotations=tuple(marks)),))
    if faults:
        yield Reject(file.path, name, tuple(faults), len(faults), 0)
    yield from (Unread(file.path, path, times) for path, times in sorted(unread.items()) if times)
    yield Counted(file.path, 1, sum(1 for _ in _lines(file)))


def _lines(file: Input) -> Iterator[tuple[int, str]]:
    text = file.read().decode("utf-8-sig", "replace")
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _row(line: str) -> Row | None:
    cells = line.split()
    try:
        numbers = [float(cell) for cell in cells[1:]]
    except ValueError:
        return None
    if len(cells) not in (COLUMNS, COLUMNS + 1) or not all(map(isfinite, numbers)):
        return None
    left, top, right, bottom = numbers[3:7]
    if right < left or bottom < top:
        return None
    return Row(cells[0], numbers[0], numbers[1], (left, top, right, bottom), (numbers[2], *numbers[7:14]))


def _annotation(row: Row, name: str) -> Annotation:
    """Return a row as a box; partly and largely hidden are both hidden, and any share cut off is cut off."""
    left, top, right, bottom = row.sides
    return Annotation(
        name,
        class_=row.class_,
        geometry=Box(left, top, right - left, bottom - top),
        occluded=None if row.occluded not in (0, 1, 2) else row.occluded > 0,
        truncated=None if row.truncated < 0 else row.truncated > 0,
    )


FORMAT = Format("KITTI", CARRIES, encode, decode=decode, holds={FILES: "task"}, count=count, found=found)
