"""What may be labelled: classes with pinned numbers, and the questions asked of them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Skeleton(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The joints of a keypoint class in fixed order, and the edges between them (indices from 0)."""

    joints: Annotated[tuple[str, ...], Meta(min_length=1)]
    edges: tuple[tuple[int, int], ...] = ()


class Attribute(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A question: its stable key, how it is answered, and what may be answered.

    `default` is the answer that a tool fills in; `mutable` says that the answer may change along a track.
    """

    key: str
    kind: Literal["radio", "checklist", "text", "number", "boolean", "tree", "ranking"]
    options: tuple[str, ...] = ()
    name: str | None = None
    default: str | None = None
    mutable: bool = False


class LabelClass(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What an object is. `number` counts from 1, is given once and never to another class of the project."""

    number: Annotated[int, Meta(ge=1)]
    name: str
    colour: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")] | None = None
    parent: str | None = None
    skeleton: Skeleton | None = None
    attributes: tuple[Attribute, ...] = ()


class Ontology(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """All classes of a project by number, and the questions asked of whole tasks."""

    classes: tuple[LabelClass, ...] = ()
    attributes: tuple[Attribute, ...] = ()
