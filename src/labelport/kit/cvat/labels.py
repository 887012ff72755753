"""Labels as CVAT defines them, and the classes that they become.

A label's attributes are its class's questions, the sublabels of a skeleton its joints, in the order in which CVAT lists
them; an attribute of a joint is the question `joint/attribute`. Labels of one name are one class where attributes and
skeleton are the same too (colours may differ, the first holds). Where they are not, the first keeps the plain name and
each further one is called `name (owner)`, so that a label that is added later renames nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import count
from typing import Literal, NamedTuple

from labelport.kit.cvat.values import Values
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton

Kind = Literal["boolean", "number", "radio", "text"]
_KINDS: dict[str, Kind] = {
    "checkbox": "boolean",
    "number": "number",
    "radio": "radio",
    "select": "radio",
    "text": "text",
}
_COLOUR = re.compile("#[0-9a-f]{6}")
_TAG = re.compile(r"<([a-z]+)((?:\s+[\w:-]+=\"[^\"]*\")*)\s*/?>")
_PAIR = re.compile(r"([\w:-]+)=\"([^\"]*)\"")


class Spec(NamedTuple):
    """An attribute of a label: its name, how it is answered, what may be answered, what CVAT fills in."""

    name: str
    kind: Kind
    options: tuple[str, ...]
    default: str | None
    mutable: bool


class Joint(NamedTuple):
    """A sublabel of a skeleton."""

    name: str
    specs: tuple[Spec, ...] = ()


class Definition(NamedTuple):
    """A label as its project, task or file (the owner) defines it."""

    name: str
    owner: str
    colour: str | None = None
    specs: tuple[Spec, ...] = ()
    joints: tuple[Joint, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()


class Known(NamedTuple):
    """A label as shapes refer to it: the number of its class, attributes by name, those of joints by joint."""

    number: int | None = None
    specs: Mapping[str, Spec] = {}
    joints: Mapping[str, Mapping[str, Spec]] = {}

    def mutable(self) -> frozenset[str]:
        """Return the keys of the answers that may change along a track."""
        of_joints = {f"{joint}/{spec.name}": spec for joint, specs in self.joints.items() for spec in specs.values()}
        return frozenset(key for key, spec in (dict(self.specs) | of_joints).items() if spec.mutable)


def ontology(definitions: Iterable[Definition]) -> tuple[Ontology, list[LabelClass]]:
    """Return all classes, numbered in the order of the labels, and the class of each label."""
    classes: dict[tuple[object, ...], LabelClass] = {}
    names: set[str] = set()
    found: list[LabelClass] = []
    for one in definitions:
        key = (one.name, one.specs, one.joints, one.edges)
        if key not in classes:
            name = next(name for name in _names(one) if name not in names)
            names.add(name)
            classes[key] = _class(one, len(classes) + 1, name)
        found.append(classes[key])
    return Ontology(tuple(classes.values())), found


def known(definition: Definition, number: int) -> Known:
    """Return the label as shapes refer to it."""
    return Known(
        number,
        {spec.name: spec for spec in definition.specs},
        {joint.name: {spec.name: spec for spec in joint.specs} for joint in definition.joints},
    )


def spec(values: Values, options: Sequence[str]) -> Spec:
    """Return an attribute; options say something only where there is a choice."""
    word = values.text("input_type")
    if word not in _KINDS and values.has("input_type"):
        values.wrong("input_type", f"{word!r} is none of {', '.join(_KINDS)}")
    kind = _KINDS.get(word, "text")
    default = values.given.get("default_value")
    name = values.text("name")
    if not name and values.given.get("name") == "":
        values.wrong("name", "is empty")
    return Spec(
        name,
        kind,
        tuple(options) if kind == "radio" else (),
        default if isinstance(default, str) and default else None,
        values.flag("mutable"),
    )


def colour(values: Values) -> str | None:
    """Return the colour of a label; it is the same in small letters."""
    word = values.text_or_none("color")
    if word is None or _COLOUR.fullmatch(word.lower()):
        return word.lower() if word else None
    values.wrong("color", f"{word!r} is no colour such as #0a1b2c")
    return None


def edges(svg: str, joints: Sequence[str], names: Mapping[str, str]) -> tuple[list[tuple[int, int]], list[str]]:
    """Return the edges of a skeleton's drawing as places of joints, and what is wrong with it.

    A circle is a node: its number, and the name (or the id, for which `names` has the name) of its sublabel. A line
    joins two nodes.
    """
    tags = [{key: unescape(value) for key, value in _PAIR.findall(found[2])} for found in _TAG.finditer(svg)]
    nodes: dict[str, int] = {}
    for tag in tags:
        name = tag.get("data-label-name") or names.get(tag.get("data-label-id", ""), "")
        if "data-node-id" in tag and name in joints:
            nodes[tag["data-node-id"]] = joints.index(name)
    found: list[tuple[int, int]] = []
    wrong: list[str] = []
    for tag in tags:
        if "data-node-from" in tag or "data-node-to" in tag:
            ends = tag.get("data-node-from", ""), tag.get("data-node-to", "")
            if ends[0] in nodes and ends[1] in nodes:
                found.append((nodes[ends[0]], nodes[ends[1]]))
            else:
                wrong.append(f"an edge from node {ends[0]!r} to {ends[1]!r}, which are not both sublabels")
    return found, wrong


def _names(one: Definition) -> Iterator[str]:
    yield one.name
    yield f"{one.name} ({one.owner})"
    yield from (f"{one.name} ({one.owner}) {number}" for number in count(2))


def _class(one: Definition, number: int, name: str) -> LabelClass:
    of_joints = [(f"{joint.name}/{spec.name}", spec) for joint in one.joints for spec in joint.specs]
    return LabelClass(
        number,
        name,
        colour=one.colour,
        skeleton=Skeleton(tuple(joint.name for joint in one.joints), one.edges) if one.joints else None,
        attributes=tuple(
            Attribute(key, spec.kind, spec.options, default=spec.default, mutable=spec.mutable)
            for key, spec in [*((spec.name, spec) for spec in one.specs), *of_joints]
        ),
    )
