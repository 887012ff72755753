"""The document of tasks, and the labelling configuration that goes with it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import msgspec

from labelport.formats.label_studio.writing import KINDS, Writer
from labelport.kit.format import Context, Document, File, Lost, Row, Section
from labelport.model.export import Carries
from labelport.model.ontology import Attribute, LabelClass
from labelport.model.record import Record

CARRIES = Carries(
    kinds=KINDS,
    converts={"polygon_with_hole": "mask", "multi_polygon": "mask", "cuboid": "box"},
    features=frozenset(
        {"answers", "confidence", "group", "on", "outside", "relations", "source", "unclassified"},
    ),
)
_OBJECTS = {"image": "Image", "video": "Video", "text": "Text", "audio": "Audio", "html": "HyperText"}
_LABELS: Mapping[str, tuple[str, ...]] = {
    "image": (*("RectangleLabels", "EllipseLabels", "PolygonLabels", "KeyPointLabels", "BrushLabels", "VectorLabels"),),
    "video": ("Labels", "TimelineLabels"),
    "text": ("Labels",),
    "audio": ("Labels",),
    "html": ("HyperTextLabels",),
}
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "image": ("Rectangle", "Ellipse", "Polygon", "KeyPoint", "Brush", "Vector"),
    "video": ("VideoRectangle",),
}
_QUESTIONS = {"text": "TextArea", "number": "Number", "tree": "Taxonomy"}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`shows`: what the tasks are, which the labelling configuration is made for."""

    shows: Literal["image", "video", "text", "audio", "html"] = "image"


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one array of tasks."""
    del context
    return (Document("tasks.json", (b"[\n", Section("tasks", b",\n"), b"\n]\n")),)


def once(context: Context) -> Iterator[File]:
    """Yield the labelling configuration: every class under every control, and every question of a class."""
    shows = msgspec.convert(context.options, Options).shows
    view = Element("View")
    SubElement(view, _OBJECTS[shows], name=shows, value=f"${shows}")
    for tag in _LABELS[shows]:
        _labels(SubElement(view, tag, name=tag.lower(), toName=shows), context.classes)
    for tag in _PLAIN.get(shows, ()):
        SubElement(view, tag, name=tag.lower(), toName=shows)
    for key, (question, names) in _questions(context.classes).items():
        _asked(view, key, question, {"toName": shows, "perRegion": "true", "whenLabelValue": ",".join(names)})
    indent(view)
    yield File("label_config.xml", tostring(view, encoding="utf-8") + b"\n")


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the task."""
    writer = Writer(record, context)
    yield Row("tasks", msgspec.json.encode(writer.task()))
    yield from writer.lost


def number(section: str, task: bytes) -> int:
    """Return the number of a task."""
    del section
    return int(task[len(b'{"id":') : task.index(b",")])


def _labels(control: Element, classes: Iterable[LabelClass]) -> None:
    """Add the labels of a control; of points each has the place in a pose that the SDK's converter asks for."""
    for place, one in enumerate(classes):
        shade = {"background": one.colour} if one.colour else {}
        order = {"model_index": str(place)} if control.tag == "KeyPointLabels" else {}
        SubElement(control, "Label", {"value": one.name, **shade, **order})


def _questions(classes: Iterable[LabelClass]) -> dict[str, tuple[Attribute, list[str]]]:
    found: dict[str, tuple[Attribute, list[str]]] = {}
    for one in classes:
        for question in one.attributes:
            found.setdefault(question.key, (question, []))[1].append(one.name)
    return found


def _asked(view: Element, key: str, question: Attribute, about: Mapping[str, str]) -> None:
    """Add the control of a question; a ranking has none that is asked of a region."""
    match question.kind:
        case "ranking":
            return
        case "radio" | "checklist" | "boolean":
            choice = "multiple" if question.kind == "checklist" else "single"
            control = SubElement(view, "Choices", {"name": key, **about, "choice": choice})
            for option in question.options or ("true", "false"):
                SubElement(control, "Choice", value=option)
        case kind:
            control = SubElement(view, _QUESTIONS[kind], {"name": key, **about})
            for option in question.options if kind == "tree" else ():
                SubElement(control, "Choice", value=option)
