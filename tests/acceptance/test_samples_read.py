"""Every key of a real file is read or told: where it is taken out everywhere, something else comes in, or the report differs.

So no key is dropped silently, and none is told as unread that is not there. What has no value (null, an empty text, list
or object) says nothing; nor does what stands under a key that is told as a whole.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from labelport.kit.format import Counted, Input, Unread
from labelport.registry import format_named
from tests.acceptance.real import FILES
from tests.samples import sample

NOTHING: tuple[object, ...] = (None, "", [], {}, False)
_KEY = (("keyframe", "1"), ("z_order", "0"))
MEANT: Mapping[str, Mapping[str, object]] = {
    "label_studio": {
        "$[].annotations[].result[].value.closed": True,
        "$[].annotations[].result[].direction": "right",
    },
    "cvat_xml": {
        "version": "1.1",
        **{f"{where}@occluded": "0" for where in ("image.skeleton.points", "track.points", "track.polyline")},
        **{f"track.skeleton@{key}": "0" for key in ("outside", "occluded", "z_order")},
        **{f"track.{tag}@{key}": value for tag in ("box", "points", "polyline") for key, value in _KEY},
        "track.track.points@occluded": "0",
        "image.skeleton@z_order": "0",
    },
    "cvat_api": {"$.results[].is_active": True},
}
"""Values that are meant where the key is not there."""
TOLD_ELSEWHERE: Mapping[str, frozenset[str]] = {
    "coco": frozenset({"$.annotations[].area", "$.annotations[].bbox"}),  # by the outline, which they are held against
    "cvat_xml": frozenset({"meta.task.mode"}),  # by the pictures or the tracks
    "cvat_api": frozenset(
        {
            "$.count",  # by the results, which are held against it
            "$.task.*.tracks[].frame",  # by the track's first key frame
            "$.task.*.tracks[].shapes[].outside",  # by the joints of a skeleton
            "$.results[].id",  # people are told by their names
            "$.results[].user.id",
        }
    ),
    "label_studio/test_export_doclang/data.json": frozenset(  # the regions are rejected, whatever they hold
        {f"$[].annotations[].result[].value.{key}" for key in ("x", "y", "width", "height")}
    ),
}
"""Keys that add nothing to what others say, by format or file."""


def keys(value: Any, at: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield the pattern of each key of a JSON document, with its value."""
    if isinstance(value, dict):
        for key, item in value.items():
            name = "*" if key.isdecimal() else key
            yield f"{at}.{name}", item
            yield from keys(item, f"{at}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, f"{at}[]")


def without(value: Any, pattern: str, at: str = "$") -> Any:
    """Return a JSON document without the keys of a pattern."""
    if isinstance(value, dict):
        named = {key: f"{at}.{'*' if key.isdecimal() else key}" for key in value}
        return {key: without(item, pattern, named[key]) for key, item in value.items() if named[key] != pattern}
    return [without(item, pattern, f"{at}[]") for item in value] if isinstance(value, list) else value


def marks(element: ET.Element, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield the pattern of each element below one, and of each attribute, with its text; a parent has none."""
    for child in element:
        name = f"{at}.{child.tag}".removeprefix(".")
        yield name, "" if len(child) else (child.text or "").strip()
        yield from ((f"{name}@{key}", value) for key, value in child.attrib.items())
        yield from marks(child, name)


def unmarked(element: ET.Element, pattern: str, at: str = "") -> ET.Element:
    """Return an element without what is of a pattern below it."""
    made = ET.Element(element.tag, {key: one for key, one in element.attrib.items() if f"{at}@{key}" != pattern})
    made.text = element.text
    named = [(child, f"{at}.{child.tag}".removeprefix(".")) for child in element]
    made.extend(unmarked(child, pattern, name) for child, name in named if name != pattern)
    return made


def decoded(format_: str, files: Mapping[str, bytes]) -> list[Any]:
    """Return what comes in, and what is told of the rest."""
    decode = format_named(format_).decode
    assert decode is not None
    try:
        items = list(decode([Input(path, partial(BytesIO, data)) for path, data in files.items()]))
    except Exception as e:  # noqa: BLE001  a file that is refused is told
        return [repr(e)]
    return [item for item in items if not isinstance(item, Counted)]


def variants(path: Path) -> Iterator[tuple[str, list[Any], bytes]]:
    """Yield each pattern of a file, with its values, and the file without it."""
    found: dict[str, list[Any]] = {}
    if path.suffix == ".xml":
        root = ET.parse(path).getroot()
        for pattern, value in marks(root):
            found.setdefault(pattern, []).append(value)
        yield from ((pattern, values, ET.tostring(unmarked(root, pattern))) for pattern, values in found.items())
        return
    document = json.loads(path.read_bytes())
    for pattern, value in keys(document):
        found.setdefault(pattern, []).append(value)
    for pattern, values in found.items():
        yield pattern, values, json.dumps(without(document, pattern)).encode()


@pytest.mark.parametrize(("format_", "path"), FILES, ids=[path for _, path in FILES])
def test_every_key_of_a_real_file_is_read_or_told(format_: str, path: str) -> None:
    root = sample(path)
    own = {file.name: file for file in ([root] if root.is_file() else sorted(root.iterdir()))}
    files = {name: file.read_bytes() for name, file in own.items()}
    whole = decoded(format_, files)
    told = {item.path for item in whole if isinstance(item, Unread)}
    silent: set[str] = set()
    for name, file in own.items():
        for pattern, values, data in variants(file):
            implied = (*NOTHING, MEANT.get(format_, {}).get(pattern))
            below = any(pattern.startswith((f"{one}.", f"{one}[")) for one in told)
            says = not below and any(value not in implied for value in values)
            if says and decoded(format_, {**files, name: data}) == whole:
                silent.add(pattern)
    assert silent <= TOLD_ELSEWHERE.get(format_, frozenset()) | TOLD_ELSEWHERE.get(path, frozenset())
