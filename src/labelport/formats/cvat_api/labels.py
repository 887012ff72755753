"""Labels by id, as shapes refer to them, and the ontology of them all."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from labelport.formats.cvat_api.files import Dump, File
from labelport.kit.cvat.labels import Definition, Joint, Known, Spec, colour, edges, known, ontology, spec
from labelport.kit.cvat.values import Values, identity
from labelport.model.ontology import Ontology

_LABEL = frozenset(
    {"id", "name", "color", "attributes", "sublabels", "svg", "project_id", "task_id", "parent_id", "has_parent"}
)
_SUBLABEL = frozenset({"id", "name", "attributes"})
_ATTRIBUTE = frozenset({"id", "name", "input_type", "mutable", "values", "default_value"})


class Label(NamedTuple):
    """A label: what is known of it by name, the names of its attributes by id, those of its sublabels by id."""

    known: Known
    attributes: Mapping[str, str]
    joints: Mapping[str, str]


class _Read(NamedTuple):
    id: str
    definition: Definition
    attributes: dict[str, str]
    joints: dict[str, str]


def labels(dump: Dump) -> tuple[Ontology, dict[str, Label]]:
    """Return the classes in the order of the labels' ids, and every label by its id."""
    file = dump.files["labels"]
    found = sorted(_labels(dump, file), key=lambda one: (len(one.id), one.id))
    classes, of = ontology(one.definition for one in found)
    for one, label in zip(found, of, strict=True):
        if label.colour != one.definition.colour:
            file.unread["$.results[].color"] += 1
    return classes, {
        one.id: Label(known(one.definition, label.number), one.attributes, one.joints)
        for one, label in zip(found, of, strict=True)
    }


def _labels(dump: Dump, file: File) -> Iterator[_Read]:
    seen: set[str] = set()
    for values in dump.objects("labels", "label"):
        if values.has("parent_id"):
            continue
        file.note(values, _LABEL)
        number = identity(values.given.get("id"))
        name = values.text("name")
        if number is None or number in seen:
            values.wrong("id", "is missing" if number is None else "is taken by an earlier label")
        elif name:
            seen.add(number)
            yield _read(values, number, name, file)
        elif values.given.get("name") == "":
            values.wrong("name", "is empty")
        file.reject(f"label {number or values.path}", values.faults)


def _read(values: Values, number: str, name: str, file: File) -> _Read:
    attributes: dict[str, str] = {}
    specs = tuple(_specs(values, attributes, file))
    joints: dict[str, str] = {}
    made: list[Joint] = []
    for sub in values.children("sublabels"):
        file.note(sub, _SUBLABEL)
        joint, title = identity(sub.given.get("id")), sub.text("name")
        if joint is None or not title or title in joints.values():
            sub.wrong("", "has no id, or no name of its own")
            continue
        joints[joint] = title
        made.append(Joint(title, tuple(_specs(sub, attributes, file))))
    lines, wrong = edges(values.text_or_none("svg") or "", list(joints.values()), joints)
    for reason in wrong:
        values.wrong("svg", reason)
    return _Read(
        number, Definition(name, _owner(values), colour(values), specs, tuple(made), tuple(lines)), attributes, joints
    )


def _specs(values: Values, names: dict[str, str], file: File) -> Iterator[Spec]:
    for one in values.children("attributes"):
        file.note(one, _ATTRIBUTE)
        before = len(one.faults)
        options = [item for item in one.items("values") if isinstance(item, str)]
        made = spec(one, options)
        number = identity(one.given.get("id"))
        if number is None:
            one.wrong("id", "is missing")
        elif len(one.faults) == before:
            names[number] = made.name
            yield made
        if options and made.kind != "radio":
            file.note(Values({"values": options}, one.path, []), ())


def _owner(values: Values) -> str:
    """Return whose label it is."""
    for kind in ("project", "task"):
        if number := identity(values.given.get(f"{kind}_id")):
            return f"{kind} {number}"
    return "nobody"
