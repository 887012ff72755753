"""What stands beside the masks: the options, the legend of values, and a row of the index for each picture."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from labelport.errors import RequestError
from labelport.kit.format import Context
from labelport.kit.layers import Order
from labelport.kit.legend import ClassRow, rows
from labelport.model.export import State
from labelport.model.ontology import LabelClass

LEGEND, PICTURES = "legend.json", "pictures.ndjson"
MASKS, OBJECTS, CLASSES = "masks", "objects", "classes"
"""Folders: of a mask for each picture, of a file for each object that others lie upon, of a file for each class."""
ON = 255
"""The value of what is there, in files that know only that."""
MOST = 65535
Kind = Literal["semantic", "instance", "class", "binary"]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: pixels are class numbers, objects (16 bits), one file for each class, or all one.

    `order`: what lies above: the higher `z_order`, the higher class number, or the smaller area. `colour`: pixels of a
    semantic mask are class numbers (with a palette; 16 bits where a number is past 255), or the colours of the classes.
    """

    kind: Kind = "semantic"
    order: Order = "z_order"
    colour: Literal["index", "rgb"] = "index"


class Legend(msgspec.Struct, frozen=True):
    """What pixels mean; 0 is no object. In a semantic mask, the number or the colour of a class is its value."""

    kind: Kind
    colour: Literal["index", "rgb"]
    bits: int
    classes: tuple[ClassRow, ...]


class Part(msgspec.Struct, frozen=True, omit_defaults=True, rename={"class_": "class"}):
    """An object, or a class, in a picture: its value in the mask, or its own file (255 where it is); how many pixels.

    `file` beside `value` is of an object that others lie upon: the file holds it whole.
    """

    class_: int | None = None
    pixels: int = 0
    value: int | None = None
    file: str | None = None
    annotation: str | None = None


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of the index: a picture or a frame, its mask, and what is in it."""

    task: int
    path: str
    state: State
    frame: int | None = None
    width: int | None = None
    height: int | None = None
    mask: str | None = None
    parts: tuple[Part, ...] = ()


def options(context: Context) -> Options:
    """Return the options of an export."""
    return msgspec.convert(context.options, Options)


def bits(classes: Sequence[LabelClass]) -> int:
    """Return how many bits a class number needs: 8, or 16 past 255."""
    top = max((one.number for one in classes), default=0)
    if top > MOST:
        raise RequestError(
            f"class {top} is past {MOST}, the last number that a pixel of 16 bits holds: ask for colours"
        )
    return 8 if top < 256 else 16


def legend(context: Context) -> bytes:
    """Return the legend as a file."""
    asked = options(context)
    is_index = asked.kind == "semantic" and asked.colour == "index"
    depth = 16 if asked.kind == "instance" else bits(context.classes) if is_index else 8
    found = Legend(asked.kind, asked.colour if asked.kind == "semantic" else "index", depth, rows(context.classes))
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
