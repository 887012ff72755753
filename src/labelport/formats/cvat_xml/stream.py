"""The XML of CVAT as a stream: looked through once, so that a bad file is refused before anything is taken of it.

A document type is refused, and with it every entity: neither bombs nor files of the machine come in by one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers.expat import ExpatError, ParserCreate

from labelport.kit.format import Input, broken

ROOT = "annotations"
SHAPES = frozenset({"box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag"})
"""Elements of an image that are an annotation each, whatever they hold."""
DEEPEST = 32
_CHUNK = 1 << 16


class _OtherError(Exception):
    """The document is none of CVAT's."""


class Looked:
    """What a file holds by a count of its own: pictures, annotations, tasks with tracks, and labels in use."""

    __slots__ = ("annotations", "images", "labels", "path", "pictured", "tracked", "version")

    def __init__(self) -> None:
        self.path: list[str] = []
        self.images = self.annotations = 0
        self.pictured: set[str] = set()
        self.tracked: dict[str, None] = {}
        self.labels: dict[str, None] = {}
        self.version = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take up an element."""
        self.path.append(tag)
        depth = len(self.path)
        if depth > DEEPEST:
            raise _OtherError(f"elements lie more than {DEEPEST} deep")
        if depth == 1 and tag != ROOT:
            raise _OtherError(f"the document is <{tag}>, not <{ROOT}>, so it is not CVAT's XML")
        if depth == 2 and tag == "image":
            self.images += 1
            self.pictured.add(attributes.get("task_id", ""))
        elif depth == 2 and tag == "track":
            self._annotation(attributes)
            self.tracked[attributes.get("task_id", "")] = None
        elif depth == 3 and self.path[1] == "image" and tag in SHAPES:
            self._annotation(attributes)

    def end(self, _: str) -> None:
        """Leave an element."""
        self.path.pop()

    def text(self, data: str) -> None:
        """Read the version."""
        if self.path == [ROOT, "version"]:
            self.version += data

    def _annotation(self, attributes: dict[str, str]) -> None:
        self.annotations += 1
        if attributes.get("label"):
            self.labels[attributes["label"]] = None


def look(file: Input) -> Looked:
    """Look through the whole file; raises `InvalidError` for what is not XML of CVAT, version 1."""
    looked = Looked()
    parser = ParserCreate()
    parser.StartElementHandler = looked.start
    parser.EndElementHandler = looked.end
    parser.CharacterDataHandler = looked.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        with file.open() as stream:
            while data := stream.read(_CHUNK):
                parser.Parse(data)
            parser.Parse(b"", True)  # noqa: FBT003 - expat's own
    except _OtherError as e:
        raise broken(file.path, str(e)) from e
    except (ExpatError, ValueError, LookupError) as e:
        raise broken(file.path, f"is not XML: {e}; export the task or project once more") from e
    if looked.version.strip() and not looked.version.strip().startswith("1."):
        raise broken(file.path, f"is of version {looked.version.strip()!r}, and only 1.x is known")
    return looked


def elements(file: Input) -> Iterator[Element]:
    """Yield the elements below the root one by one, whole; each is gone when the next is asked for."""
    try:
        with file.open() as stream:
            yield from _children(stream)
    except ParseError as e:
        raise broken(file.path, f"is not XML: {e}; it changed while it was read") from e


def _children(stream: Any) -> Iterator[Element]:  # noqa: ANN401 - `iterparse` takes any binary file
    root: Element | None = None
    depth = 0
    for event, element in iterparse(stream, ("start", "end")):  # noqa: S314 - `look` has refused document types
        depth += 1 if event == "start" else -1
        root = element if root is None else root
        if event == "end" and depth == 1:
            yield element
            root.clear()


def _refuse_document_type(*_: object) -> None:
    raise _OtherError("it has a document type, and so may have entities: CVAT writes none, take it out")


def leaves(element: Element, path: str) -> Counter[str]:
    """Return the paths of all elements without children in an element that nobody reads."""
    if not len(element):
        return Counter([path])
    found: Counter[str] = Counter()
    for child in element:
        found += leaves(child, f"{path}.{child.tag}")
    return found
