"""The labelling configuration: what is shown (objects) and what is asked (controls), from its XML or the API's JSON.

https://labelstud.io/tags describes the tags. Tag and attribute names are compared in lower case, as the editor does.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from PIL import ImageColor

from labelport.formats.label_studio.values import Object
from labelport.kit.format import Input, Unread, broken

KINDS = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "audioplus": "audio",
    "text": "text",
    "hypertext": "html",
    "paragraphs": "conversation",
    "chat": "conversation",
    "pdf": "document",
    "timeseries": "other",
    "table": "other",
    "list": "other",
}
"""The kind of asset that an object tag shows."""
READ = frozenset({"name", "toname", "value", "valuelist", "alias", "background", "choice", "perregion"}) | {
    "whenlabelvalue",
    "framerate",
    "on",
    "indexflag",
}
SILENT = frozenset({"view", "style", "header", "collapse", "panel", "shortcut"})
"""Tags for the eye alone."""
_REPEAT = re.compile(r"\{\{.*?\}\}")
_ARGUMENTS = re.compile(r"^(rgb|hsl)a\(([^,]+,[^,]+,[^,)]+),[^)]*\)$")


class Shown(NamedTuple):
    """An object tag: the kind of asset, and the key of the task's data where it lies."""

    kind: str
    value: str
    frame_rate: float | None = None


class Control(NamedTuple):
    """A control tag: what it asks of which objects."""

    tag: str
    objects: tuple[str, ...] = ()
    labels: tuple[tuple[str, str | None], ...] = ()
    options: tuple[str, ...] = ()
    multiple: bool = False
    per_region: bool = False
    when: tuple[str, ...] = ()


class Config(NamedTuple):
    """What the configurations among the inputs say, by the names of objects and controls."""

    objects: dict[str, Shown]
    controls: dict[str, Control]

    def shown(self, name: str) -> tuple[Shown, str] | None:
        """Return an object by its name and the key of its data, also where both repeat (`page_{{idx}}`)."""
        if name in self.objects:
            return self.objects[name], self.objects[name].value
        for pattern, shown in self.objects.items():
            index = _index(pattern, name)
            if index is not None:
                return shown, index.join(_REPEAT.split(shown.value))
        return None

    def repeated(self, name: str) -> Control | None:
        """Return the control that repeats (`kind_{{idx}}`) and has this name once."""
        return next((it for pattern, it in self.controls.items() if _index(pattern, name) is not None), None)


def from_xml(file: Input, into: Config) -> Iterator[Unread]:
    """Add what a configuration in XML says; yield the attributes that have no place here. Raises `InvalidError`."""
    root = _parsed(file)
    if root.tag.lower() != "view":
        yield Unread(file.path, "$", 1)
        return
    unread: Counter[str] = Counter()
    for node in root.iter():
        attributes = {key.lower(): value for key, value in node.attrib.items()}
        if node.tag.lower() not in SILENT:
            unread.update(f"{node.tag}@{key}" for key in node.attrib if key.lower() not in READ)
        _add(node, attributes, into)
    for path, count in sorted(unread.items()):
        yield Unread(file.path, path, count)


def from_json(given: Object, into: Config) -> None:
    """Add what a configuration in the API's JSON says: an object of controls by name."""
    for name, item in given.items():
        if not isinstance(item, dict):
            continue
        objects, words = _texts(item.get("to_name")), _texts(item.get("labels"))
        given_attributes = item.get("labels_attrs")
        attributes = given_attributes if isinstance(given_attributes, dict) else {}
        tag = str(item.get("type", "")).lower()
        labels = tuple((word, _background(attributes.get(word))) for word in words) if _is_labelling(tag) else ()
        into.controls.setdefault(name, Control(tag, objects, labels, () if labels else words))
        for at, shown in zip(objects, _list(item.get("inputs")), strict=False):
            if isinstance(shown, dict):
                kind = KINDS.get(str(shown.get("type", "")).lower(), "other")
                into.objects.setdefault(at, Shown(kind, str(shown.get("value", "")).removeprefix("$")))


def _index(pattern: str, name: str) -> str | None:
    """Return what stands in a name where a pattern repeats; None for a name that is not of the pattern."""
    before, *after = _REPEAT.split(pattern, maxsplit=1)
    if not after or not name.startswith(before) or not name.endswith(after[0]):
        return None
    return name[len(before) : len(name) - len(after[0])] or None


def colour(text: str | None) -> str | None:
    """Return a colour of CSS as `#rrggbb`, without its transparency; None for what is no colour."""
    if text is None:
        return None
    try:
        red, green, blue = ImageColor.getrgb(_ARGUMENTS.sub(r"\1(\2)", text.strip().lower()))[:3]
    except ValueError:
        return None
    return f"#{red:02x}{green:02x}{blue:02x}"


def _is_labelling(tag: str) -> bool:
    return tag.endswith("labels")


def _add(node: Element, attributes: dict[str, str], into: Config) -> None:
    tag, name = node.tag.lower(), attributes.get("name")
    if name is None:
        return
    if "toname" in attributes and tag != "chat":
        into.controls.setdefault(name, _control(tag, node, attributes))
    elif tag in KINDS:
        value = attributes.get("value") or attributes.get("valuelist") or ""
        if value.startswith("$"):
            into.objects.setdefault(name, Shown(KINDS[tag], value[1:], _rate(attributes.get("framerate"))))


def _control(tag: str, node: Element, attributes: dict[str, str]) -> Control:
    inner = [{key.lower(): value for key, value in item.attrib.items()} for item in node.iter() if item is not node]
    words = [(item, item.get("alias") or item.get("value")) for item in inner]
    labels = tuple((word, colour(item.get("background"))) for item, word in words if word) if _is_labelling(tag) else ()
    return Control(
        tag,
        tuple(filter(None, attributes["toname"].split(","))),
        tuple({word: (word, shade) for word, shade in reversed(labels)}.values())[::-1],
        () if labels else tuple(_options(tag, node)),
        attributes.get("choice") == "multiple",
        attributes.get("perregion", "").lower() == "true",
        tuple(filter(None, attributes.get("whenlabelvalue", "").split(","))),
    )


def _options(tag: str, node: Element) -> Iterator[str]:
    """Yield what may be chosen, in the order of the document; for a tree, each path from its root, joined by `/`."""
    waiting: list[tuple[Element, tuple[str, ...]]] = [(item, ()) for item in reversed(node)]
    while waiting:
        item, above = waiting.pop()
        attributes = {key.lower(): value for key, value in item.attrib.items()}
        word = attributes.get("alias") or attributes.get("value")
        path = above
        if item.tag.lower() == "choice" and word:
            path = (*above, word)
            yield "/".join(path) if tag == "taxonomy" else word
        elif item.tag.lower() == "bucket" and "name" in attributes:
            yield attributes["name"]
        waiting += [(inner, path) for inner in reversed(item)]


def _rate(text: str | None) -> float | None:
    try:
        rate = float(text or "")
    except ValueError:
        return None
    return rate if 0 < rate < 1000 else None


def _parsed(file: Input) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(file.read(), True)  # noqa: FBT003 - expat's `isfinal` takes no keyword
    except (expat.ExpatError, ValueError, LookupError) as e:
        raise broken(file.path, f"is not XML: {e}") from e
    except _DoctypeError as e:
        raise broken(file.path, "declares a document type, which a labelling configuration has no use for") from e
    return builder.close()


class _DoctypeError(Exception):
    """A document type stands in the file."""


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeError


def _background(attributes: object) -> str | None:
    found = attributes.get("background") if isinstance(attributes, dict) else None
    return colour(found) if isinstance(found, str) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in _list(value) if isinstance(item, str))
