"""Reads Pascal VOC: XML files, and the PNGs of objects where there are any.

A document type is refused, and with it every entity: neither bombs nor files of the machine come in by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import numpy as np

from labelport.errors import Fault, InvalidError
from labelport.formats.voc.writing import VOID, ZERO_BASED, clean
from labelport.kit import classlist, listing, png
from labelport.kit.format import Counted, Input, Item, Reject, stem
from labelport.kit.listing import Listed
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import rle

OBJECTS = "SegmentationObject"


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, in the order in which they are met where no list has them, and a record for each picture."""
    given = list(inputs)
    xmls = {one.path: one for one in given if one.path.lower().endswith(".xml")}
    masks = {_key(one.path): one for one in given if OBJECTS in one.path.split("/")}
    listed = yield from listing.read(given)
    lines = {line.file: line for line in listed}
    known = {clean(one.name): one for one in classlist.read(given)}
    if known:
        yield Ontology(tuple(known.values()))
    for path in {**lines, **dict.fromkeys(sorted(xmls))}:
        file = xmls.get(path)
        if file is None:
            line = lines[path]
            yield Record(line.image, line.image, line.asset)
            continue
        reading = _Reading(file, lines.get(path), masks.get(_key(path)), known)
        yield from reading.items()


class _Reading:
    """One XML file."""

    def __init__(self, file: Input, line: Listed | None, mask: Input | None, known: dict[str, LabelClass]) -> None:
        self._file, self._line, self._mask, self._known = file, line, mask, known

    def items(self) -> Iterator[Item]:
        """Yield the classes that are new, the record, and what of it could not be read."""
        path = self._file.path
        try:
            root = _root(self._file.read())
        except (ParseError, ValueError) as e:
            yield Reject(path, path, (Fault("$", f"not XML of Pascal VOC: {e}"),))
            return
        elements = root.findall("object")
        faults: list[Reject] = []
        annotations = list(self._annotations(root, elements, faults))
        fresh = [name for name in dict.fromkeys(_names(annotations)) if name not in self._known]
        for name in fresh:
            number = max((one.number for one in self._known.values()), default=0) + 1
            self._known[name] = LabelClass(number, name)
        if fresh:
            yield Ontology(tuple(self._known[name] for name in fresh))
        yield from faults
        yield self._record(root, annotations)
        yield Counted(path, 1, len(elements))

    def _annotations(self, root: Element, elements: Sequence[Element], faults: list[Reject]) -> Iterator[Annotation]:
        first = 0 if ZERO_BASED in (root.findtext("source/annotation") or "") else 1
        try:
            masks = _masks(self._mask, len(elements)) if self._mask else {}
        except InvalidError as e:
            faults.append(Reject(self._file.path, self._file.path, e.faults, records=0))
            masks = {}
        for place, element in enumerate(elements, 1):
            try:
                shape = masks.get(place) or _box(element, first)
                yield Annotation(
                    str(place),
                    class_=self._class(element),
                    geometry=shape,
                    occluded=_flag(element, "occluded"),
                    truncated=_flag(element, "truncated"),
                )
            except ValueError as e:
                at = Fault(f"object {place}", str(e))
                faults.append(Reject(self._file.path, self._file.path, (at,), 1, 0))

    def _class(self, element: Element) -> str:
        name = element.findtext("name")
        if not name:
            raise ValueError("it has no name, which is its class")
        known = self._known.get(name)
        return known.name if known else name

    def _record(self, root: Element, annotations: Sequence[Annotation]) -> Record:
        name = self._line.image if self._line else root.findtext("filename") or stem(self._file.path).rpartition("/")[2]
        metadata = self._line.metadata if self._line else None
        width, height = (_side(root.findtext(f"size/{side}")) for side in ("width", "height"))
        label = Label("voc", source="import", annotations=tuple(annotations))
        return Record(
            name, name, Asset(name, "image", uri=name, width=width, height=height), labels=(label,), metadata=metadata
        )


class _Plain(TreeBuilder):
    """Builds elements of a document without a document type."""

    def doctype(self, *_: object) -> None:
        """Refuse it."""
        raise ValueError("it has a document type, and so may have entities: VOC has none, take it out")


def _root(data: bytes) -> Element:
    parser = XMLParser(target=_Plain())  # noqa: S314  document types are refused
    parser.feed(data)
    root: Element = parser.close()
    if root.tag != "annotation":
        raise ValueError(f"the document is <{root.tag}>, not <annotation>")
    return root


def _box(element: Element, first: int) -> Geometry:
    found = element.find("bndbox")
    if found is None:
        raise ValueError("it has no <bndbox>")
    sides = [float(found.findtext(key) or "nan") for key in ("xmin", "ymin", "xmax", "ymax")]
    x, y, right, bottom = sides[0] - first, sides[1] - first, sides[2] - first + 1, sides[3] - first + 1
    if not (right >= x and bottom >= y):
        raise ValueError(f"its <bndbox> ends before it begins, or holds something that is no number: {sides}")
    return Box(x, y, right - x, bottom - y)


def _masks(file: Input, objects: int) -> dict[int, Mask]:
    """Return the pixels of each object that has any, by its place."""
    pixels = png.read(file.read())
    if pixels.ndim != 2:
        raise InvalidError("a PNG", [Fault(file.path, "its pixels are colours: a segmentation of VOC has a palette")])
    height, width = pixels.shape
    found = {}
    for value in np.unique(pixels).tolist():
        if 0 < value < VOID and value <= objects:
            found[value] = Mask(height, width, rle.write(rle.encode(pixels == value)))
    return found


def _names(annotations: Iterable[Annotation]) -> Iterator[str]:
    return (one.class_ for one in annotations if isinstance(one.class_, str))


def _flag(element: Element, key: str) -> bool | None:
    text = (element.findtext(key) or "").strip()
    return None if not text else text not in ("0", "false")


def _side(text: str | None) -> int | None:
    value = float(text) if text and text.strip().replace(".", "", 1).isdigit() else 0.0
    return round(value) or None


def _key(path: str) -> str:
    """Return what an XML file and its PNG have in common: the path below the folder of either."""
    parts = stem(path).split("/")
    for folder in ("Annotations", OBJECTS):
        if folder in parts[:-1]:
            del parts[parts.index(folder)]
            break
    return "/".join(parts)
