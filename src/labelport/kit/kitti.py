"""KITTI's rows of objects: a file for each picture, `label_2/PATH.txt`, each row with 15 columns and maybe a score.

`type truncated occluded alpha left top right bottom height width length x y z rotation_y`, as the readme of the object
devkit has them (https://www.cvlibs.net/datasets/kitti/eval_object.php). An empty file says that there is nothing to
mark; a picture that is not labelled has none. A class is one word: white space in its name becomes `_`.
"""

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import NamedTuple

from labelport.errors import Fault, InvalidError
from labelport.kit.format import Input, stem
from labelport.model.label import Annotation, ClassRef
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of

FOLDER = "label_2"
COLUMNS = 15
PLACES = 6
Four = tuple[float, float, float, float]
Three = tuple[float, float, float]
_OCCLUDED = {False: "0", True: "1", None: "3"}
_TRUNCATED = {False: "0.00", True: "1.00", None: "-1"}


class Space(NamedTuple):
    """Where an object is in the space before the camera: how it is seen, how large, where, and how turned.

    Metres and radians. `size` is height, width and length; `place` is the middle of its bottom, x to the right, y down,
    z ahead; at a `turn` of 0 its length lies along x.
    """

    alpha: float = -10.0
    size: Three = (-1.0, -1.0, -1.0)
    place: Three = (-1000.0, -1000.0, -1000.0)
    turn: float = -10.0


NOWHERE = Space()
"""The figures for what is only marked in the picture."""


class Row(NamedTuple):
    """A row: the word of its class, what it says of the object, its box in the picture, and where it is in space."""

    line: int
    word: str
    truncated: bool | None
    occluded: bool | None
    sides: Four
    space: Space
    has_score: bool


def is_seen(record: Record) -> bool:
    """Return whether somebody looked at the picture; a label that was skipped may hold marks all the same."""
    return state_of(record) != "unlabelled" or any(label.annotations for label in record.labels)


def path(record: Record) -> str:
    """Return the path of a record's rows."""
    return f"{FOLDER}/{stem(record.path)}.txt"


def name(rows: str) -> str:
    """Return what a picture is called by the path of its rows."""
    found = stem(rows)
    return found.removeprefix(f"{FOLDER}/") if found.startswith(f"{FOLDER}/") else found.rpartition(f"/{FOLDER}/")[2]


def words(classes: Iterable[LabelClass]) -> dict[ClassRef | None, str]:
    """Return the word of each class by number and by name; to one that is taken the class's number is added."""
    found: dict[ClassRef | None, str] = {}
    for one in sorted(classes, key=lambda one: one.number):
        word = "_".join(one.name.split()) or "_"
        while word in found.values():
            word = f"{word}_{one.number}"
        found |= {one.number: word, one.name: word}
    return found


def written(one: Annotation, word: str, sides: Four, space: Space) -> str:
    """Return an object as a row."""
    corners = " ".join(repr(round(float(side), PLACES)) for side in sides)
    figures = (space.alpha, *space.size, *space.place, space.turn)
    alpha, *rest = (_figure(figure) for figure in figures)
    return f"{word} {_TRUNCATED[one.truncated]} {_OCCLUDED[one.occluded]} {alpha} {corners} {' '.join(rest)}\n"


def read(file: Input) -> Iterator[Row | Fault]:
    """Yield the rows of a file, or what is wrong with each; raises `InvalidError` for what is no text."""
    for number, line in enumerate(file.text().split("\n"), 1):
        if line.strip():
            yield _row(line, number) or Fault(str(number), f"{line[:60]!r} is no row of a class and 14 or 15 numbers")


def ontology(files: Iterable[Input]) -> Ontology:
    """Return the classes of files of rows, each once."""
    found: dict[str, None] = {}
    for file in files:
        try:
            found |= dict.fromkeys(row.word for row in read(file) if isinstance(row, Row))
        except InvalidError:
            continue
    return Ontology(tuple(LabelClass(number, word) for number, word in enumerate(found, 1)))


def _figure(value: float) -> str:
    return str(int(value)) if value in (-1, -10, -1000) else repr(round(float(value), PLACES))


def _row(line: str, number: int) -> Row | None:
    word, *cells = line.split()
    try:
        figures = [float(cell) for cell in cells]
    except ValueError:
        return None
    if len(figures) not in (COLUMNS - 1, COLUMNS) or not all(map(isfinite, figures)):
        return None
    truncated, occluded, alpha, left, top, right, bottom, height, width, length, x, y, z, turn = figures[: COLUMNS - 1]
    if right < left or bottom < top:
        return None
    return Row(
        number,
        word,
        None if truncated < 0 else truncated > 0,
        None if occluded not in (0, 1, 2) else occluded > 0,
        (left, top, right, bottom),
        Space(alpha, (height, width, length), (x, y, z), turn),
        len(figures) == COLUMNS,
    )
