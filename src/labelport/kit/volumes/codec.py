"""How a kind of file holds a volume: what the formats of volumes differ in."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from labelport.kit.format import Input
from labelport.kit.label_volume import Voxels
from labelport.kit.png import Colour
from labelport.kit.segmentations import Made
from labelport.model.ontology import LabelClass
from labelport.shapes.grid import Grid

Classes = Mapping[int, LabelClass]


class Named(NamedTuple):
    """A segment that a file itself tells of: which value in which layer, its name and colour."""

    name: str
    value: int
    layer: int = 0
    colour: Colour | None = None


class Read(NamedTuple):
    """A file read: its grid, its layers of labels, what it tells of them, and what a series keeps of its header."""

    grid: Grid
    layers: tuple[Voxels, ...]
    named: tuple[Named, ...] = ()
    facts: dict[str, Any] | None = None


class Codec(NamedTuple):
    """A kind of file: how names end (that which is written first), how it is written, read, and looked at.

    Files of `marked` are segmentations by their ending alone. `scan` reads the grid and what a series keeps of a
    header. Readers raise `InvalidError`.
    """

    extensions: tuple[str, ...]
    write: Callable[[Made, Classes], bytes]
    read: Callable[[Input], Read]
    scan: Callable[[Input], tuple[Grid, dict[str, Any] | None]]
    marked: tuple[str, ...] = ()


def is_of(codec: Codec, path: str) -> bool:
    """Whether a file is of the kind, by its name."""
    return path.lower().endswith(codec.extensions)


def base(codec: Codec, name: str) -> str:
    """Return a name without its extension; the longest one counts."""
    end = max((end for end in codec.extensions if name.lower().endswith(end)), key=len)
    return name[: -len(end)]
