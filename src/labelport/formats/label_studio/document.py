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

from labelport.errors import RequestError
from labelport.formats.label_studio.values import Object, shown
from labelport.kit.format import Input

BOM = b"\xef\xbb\xbf"
SPACE = " \t\r\n"
MINIMAL = frozenset({"annotation_id", "annotator", "lead_time"})
"""Keys of JSON-MIN's flat rows; it keeps neither ids of regions nor relations, and its sizes are in percent."""
CODE_BROKEN = "half of a surrogate pair (RFC 3629, section 3), which is no text"


class Element(NamedTuple):
    """A task as it stands in the file: its path, and its object or why it is none."""

    path: str
    task: Object | None
    reason: str = ""


class Document(NamedTuple):
    """A whole file: an array of tasks, or one object."""

    single: Object | None
    raw: list[msgspec.Raw]
    text: str | None = None

    def elements(self) -> Iterator[Element]:
        """Yield the tasks."""
        if self.single is not None:
            yield _element("$", self.single)
        elif self.text is not None:
            yield from _elements_of_text(self.text)
        else:
            for at, raw in enumerate(self.raw):
                yield _from_raw(f"$[{at}]", raw)


def opened(file: Input) -> Document:
    """Return the document of a file; raises `RequestError` for what is no export with tasks."""
    data = file.read().removeprefix(BOM)
    try:
        document = Document(None, msgspec.json.decode(data, type=list[msgspec.Raw]))
    except msgspec.ValidationError:
        document = Document(_single(file, data), [])
    except msgspec.DecodeError:
        document = _slow(file, data)
    except RecursionError as e:
        raise RequestError(f"file {file.path!r} is nested too deeply to be a Label Studio export") from e
    _refuse_others(file, document)
    return document


def _single(file: Input, data: bytes) -> Object:
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = _slow(file, data).single
    except RecursionError as e:
        raise RequestError(f"file {file.path!r} is nested too deeply to be a Label Studio export") from e
    if not isinstance(found, dict):
        raise RequestError(f"file {file.path!r} holds {shown(found)} and no tasks: it is no Label Studio export")
    return found


def _slow(file: Input, data: bytes) -> Document:
    """Read with the lenient reader: a list at once to its end, so that a broken file is refused before any task."""
    try:
        text = data.decode()
        start = _skip(text, 0)
        if text[start : start + 1] == "[":
            for _ in _elements_of_text(text):
                pass
            return Document(None, [], text)
        found, end = _lenient.raw_decode(text, start)
        if _skip(text, end) != len(text):
            raise RequestError(f"file {file.path!r} is not JSON: more than one value")  # noqa: TRY301 - one way out
        msgspec.json.encode(found)
    except UnicodeEncodeError as e:
        raise RequestError(f"file {file.path!r} holds {CODE_BROKEN}") from e
    except RequestError:
        raise
    except (ValueError, RecursionError) as e:
        raise RequestError(f"file {file.path!r} is not JSON: {e}; export the project once more, as JSON") from e
    return Document(found if isinstance(found, dict) else None, [])


def _elements_of_text(text: str) -> Iterator[Element]:
    at, number = _skip(text, _skip(text, 0) + 1), 0
    while text[at : at + 1] != "]":
        found, at = _lenient.raw_decode(text, at)
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
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return _sound(path, _lenient.decode(bytes(raw).decode()))
    except (ValueError, RecursionError) as e:
        return Element(path, None, str(e))


def _sound(path: str, found: object) -> Element:
    try:
        msgspec.json.encode(found)
    except UnicodeEncodeError:
        return Element(path, None, f"holds {CODE_BROKEN}")
    except (ValueError, OverflowError, RecursionError) as e:
        return Element(path, None, str(e))
    return _element(path, found)


def _element(path: str, found: object) -> Element:
    if not isinstance(found, dict):
        return Element(path, None, f"{shown(found)} is not a task")
    if not isinstance(found.get("data"), dict):
        return Element(path, None, "has no `data`, so it is not a task")
    return Element(path, found)


def _refuse_others(file: Input, document: Document) -> None:
    first = document.single
    if first is None:
        raw = next(iter(document.raw), None)
        try:
            first = msgspec.json.decode(raw) if raw is not None else {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
    if not isinstance(first, dict) or not first or "data" in first:
        return
    if not first.keys() & {"annotations", "completions"} and first.keys() & MINIMAL:
        raise RequestError(
            f"file {file.path!r} is Label Studio's JSON-MIN export, which lacks the regions' ids, sizes and relations: "
            "export the project as JSON"
        )
    if document.single is not None and not _is_config(first):
        raise RequestError(f"file {file.path!r} is no Label Studio export: its object has no `data`")


def _is_config(found: Object) -> bool:
    return bool(found) and all(isinstance(item, dict) and {"type", "to_name"} <= item.keys() for item in found.values())


def config_of(document: Document) -> Object | None:
    """Return the labelling configuration that Label Studio's API gives as JSON, where the document is one."""
    return document.single if document.single is not None and _is_config(document.single) else None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | str:
    return int(text) if len(text) < 20 else text


_lenient = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=str)
