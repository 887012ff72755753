"""What stands beside the volumes: the legend of classes, and a row of the index for each task."""

import msgspec

from labelport.kit.format import Context
from labelport.kit.legend import ClassRow, rows
from labelport.kit.segmentations import Kind
from labelport.model.asset import Series
from labelport.model.export import State

LEGEND, VOLUMES = "legend.json", "volumes.ndjson"


class Legend(msgspec.Struct, frozen=True):
    """What voxels mean; 0 is no object."""

    kind: Kind
    classes: tuple[ClassRow, ...]


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename={"class_": "class"}):
    """An object, or a class, in a volume: its values there, and how many voxels."""

    values: tuple[int, ...]
    voxels: int
    class_: int | None = None
    annotation: str | None = None


class Volume(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file with the series that it lies on, and what is in it; `label` is whose it is, where it is of one."""

    file: str
    series: str
    label: str | None = None
    parts: tuple[Part, ...] = ()


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of the index: a task, where its series lie in space, and the files of its segments."""

    task: int
    path: str
    name: str
    state: State
    series: tuple[Series, ...] = ()
    volumes: tuple[Volume, ...] = ()


def kind(context: Context) -> Kind:
    """Return which kind of volumes an export asks for."""
    found: Kind = context.options.get("kind", "labelled")
    return found


def legend(context: Context) -> bytes:
    """Return the legend as a file."""
    return msgspec.json.format(msgspec.json.encode(Legend(kind(context), rows(context.classes))), indent=1) + b"\n"
