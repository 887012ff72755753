"""Takes an exported file apart into tasks, one at a time, and tells other files from exports.

The fast reader wants strict JSON. A document that it refuses (`NaN`, halves of surrogate pairs) is read once more, a
task at a time, by the standard library's reader, with numbers that JSON does not have as texts: so one bad value does
not sink the file, and the value is refused where it stands.
"""

import json
import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from labelport.formats.label_studio.values import Object, shown
from labelport.kit.format import Input, broken

BOM = b"\xef\xbb\xbf"
SPACE = " \t\r\n"
MINIMAL = frozenset({"annotation_id", "annotator", "lead_time"})
"""Keys of JSON-MIN's flat rows; it keeps neither ids of regions nor relations, and its sizes are in percent."""
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError)
HALF = "half of a surrogate pair (RFC 3629, section 3), which is no text"


class Element(NamedTuple):
    """A task as it stands in the file: its path, and its object or why it is none."""

    path: str
    task: Object | None
    reason: str = ""
    given: object = None


class Document(NamedTuple):
    """A whole file: an array of tasks, as views of its bytes or (read leniently) as text; or one value."""

    file: Input
    single: object = None
    raw: list[msgspec.Raw] | None = None
    text: str | None = None

    def elements(self) -> Iterator[Element]:
        """Yield the tasks."""
        if self.text is not None:
            try:
                yield from _elements_of_text(self.text)
            except RecursionError as e:
                raise broken(self.file.path, "a task is nested too deeply to be read") from e
        elif self.raw is not None:
            for at, raw in enumerate(self.raw):
                yield _from_raw(f"$[{at}]", raw)
        else:
            yield _element("$", self.single)


def opened(file: Input) -> Document:
    """Return the document of a file; raises `InvalidError` for what is no export with tasks."""
    data = file.read().removeprefix(BOM)
    try:
        document = _strict(file, data)
    except _BROKEN:
        document = _lenient(file, data)
    except RecursionError as e:
        raise broken(file.path, "is nested too deeply to be a Label Studio export") from e
    _refuse_others(file, document)
    return document


def config_of(document: Document) -> Object | None:
    """Return the labelling configuration that Label Studio's API gives as JSON, where the document is one."""
    found = document.single
    if not isinstance(found, dict) or not found:
        return None
    is_config = all(isinstance(item, dict) and {"type", "to_name"} <= item.keys() for item in found.values())
    return found if is_config else None


def _strict(file: Input, data: bytes) -> Document:
    try:
        return Document(file, raw=msgspec.json.decode(data, type=list[msgspec.Raw]))
    except msgspec.ValidationError:
        return Document(file, msgspec.json.decode(data))


def _lenient(file: Input, data: bytes) -> Document:
    """Read to the end, an array task by task, so that a broken file is refused before any of its tasks is taken."""
    try:
        text = data.decode()
        start = _skip(text, 0)
        if text.startswith("[", start):
            for _ in _elements_of_text(text):
                pass
            return Document(file, text=text)
        found, end = _reader.raw_decode(text, start)
        if _skip(text, end) == len(text):
            msgspec.json.encode(found)
            return Document(file, found)
        reason = f"more than one value (character {end})"
    except UnicodeEncodeError:
        reason = f"it holds {HALF}"
    except (ValueError, RecursionError) as e:
        reason = str(e)
    raise broken(file.path, f"is not JSON: {reason}; export the project once more, as JSON")


def _elements_of_text(text: str) -> Iterator[Element]:
    at, number = _skip(text, _skip(text, 0) + 1), 0
    while text[at : at + 1] != "]":
        found, at = _reader.raw_decode(text, at)
        yield _sound(f"$[{number}]", found)
        at, number = _skip(text, at), number + 1
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
            if text[at : at + 1] == "]":
                raise ValueError(f"a comma before the end of the array (character {at})")
        elif text[at : at + 1] != "]":
            raise ValueError(f"a comma or the end of the array is missing (character {at})")
    if _skip(text, at + 1) != len(text):
        raise ValueError(f"more after the end of the array (character {at})")


def _from_raw(path: str, raw: msgspec.Raw) -> Element:
    try:
        return _element(path, msgspec.json.decode(raw))
    except (*_BROKEN, RecursionError):
        pass
    try:
        return _sound(path, _reader.decode(bytes(raw).decode()))
    except (ValueError, RecursionError) as e:
        return Element(path, None, str(e))


def _sound(path: str, found: object) -> Element:
    try:
        msgspec.json.encode(found)
    except UnicodeEncodeError:
        return Element(path, None, f"holds {HALF}")
    except RecursionError:
        return Element(path, None, "is nested too deeply")
    return _element(path, found)


def _element(path: str, found: object) -> Element:
    if not isinstance(found, dict):
        return Element(path, None, f"{shown(found)} is not a task", found)
    if not isinstance(found.get("data"), dict):
        return Element(path, None, "has no `data`, so it is not a task", found)
    return Element(path, found, "", found)


def _refuse_others(file: Input, document: Document) -> None:
    """Refuse files that hold no tasks at all, by their first value."""
    if document.raw is None and document.text is None:
        first = document.single
        if not isinstance(first, dict):
            raise broken(file.path, f"holds {shown(first)} and no tasks: it is no Label Studio export")
    else:
        first = next((element.given for element in document.elements()), None)
    if not isinstance(first, dict) or "data" in first:
        return
    if first.keys() & MINIMAL and not first.keys() & {"annotations", "completions"}:
        raise broken(
            file.path,
            "is Label Studio's JSON-MIN export, which lacks the regions' ids, sizes and relations: "
            "export the project as JSON",
        )
    if document.single is first and config_of(document) is None:
        raise broken(file.path, "is no Label Studio export: its object has no `data`")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | str:
    return int(text) if len(text) < 20 else text


_reader = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=str)
