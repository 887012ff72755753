"""The native record as JSON, read back: what the three native formats share.

A delivery's manifest beside the records brings the classes and the batches.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit.count import annotations
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread
from labelport.model.check import parse
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.model.workflow import Batch

SIDECARS = (
    *("files.ndjson", "items.csv", "receipt.json", "skipped.ndjson", "tombstones.ndjson", "statement.intoto.json"),
    *("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"),
)
"""Files of a delivery, and of an envelope around it, that hold no records."""
MANIFEST = "manifest.json"
BOM = b"\xef\xbb\xbf"


class _Seal(msgspec.Struct, frozen=True):
    """What an import needs of a manifest, of whatever version."""

    classes: tuple[LabelClass, ...] = ()
    batches: dict[str, str] = {}


class _Label(msgspec.Struct, frozen=True):
    annotations: list[msgspec.Raw] = []
    tracks: list[msgspec.Raw] = []


class _Outline(msgspec.Struct, frozen=True):
    """As much of a faulty record as can be told: its id and how many annotations go with it."""

    id: str | int | None = None
    labels: list[_Label] = []


class _Numbered(msgspec.Struct, frozen=True):
    number: int


_numbered = msgspec.json.Decoder(_Numbered)
_record = msgspec.json.Decoder(Record)
_outline = msgspec.json.Decoder(_Outline)
_AT = re.compile(r"^(?P<reason>.*) - at `(?P<path>.*)`$", re.DOTALL)


def foreign(inputs: Iterable[Input]) -> Iterator[Input]:
    """Yield the files but for those that any delivery of ours has beside its format's."""
    return (given for given in inputs if given.path.rpartition("/")[2] not in (MANIFEST, *SIDECARS))


def split_inputs(inputs: Iterable[Input], suffixes: tuple[str, ...]) -> tuple[list[Input], list[Input], list[Unread]]:
    """Return the manifests, the files of records (by suffix), and what is neither."""
    manifests, files, strange = [], [], []
    for given in inputs:
        name = given.path.rpartition("/")[2]
        if name == MANIFEST:
            manifests.append(given)
        elif name.endswith(suffixes) and name not in SIDECARS:
            files.append(given)
        elif name not in SIDECARS:
            strange.append(Unread(given.path, "$", 1))
    return manifests, files, strange


def seal(manifest: Input) -> Iterator[Item]:
    """Yield the classes and batches of a manifest."""
    try:
        found = msgspec.json.decode(manifest.read(), type=_Seal)
    except BROKEN as e:
        yield Reject(manifest.path, MANIFEST, (fault(e),))
        return
    yield Ontology(found.classes)
    for number, name in found.batches.items():
        yield Batch(number, name)


def lines(file: Input) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, numbered from 1."""
    with file.open() as opened:
        for number, line in enumerate(opened, 1):
            bare = line.removeprefix(BOM) if number == 1 else line
            if not bare.isspace():
                yield number, bare


def records(path: str, elements: Iterable[tuple[int, bytes | msgspec.Raw]]) -> Iterator[Item]:
    """Yield each numbered element of a file as a record, or as a reject with its reason; count both at the end."""
    seen = held = 0
    for item in _items(path, elements):
        seen += 1
        held += annotations(item) if isinstance(item, Record) else item.annotations
        yield item
    yield Counted(path, seen, held)


def number(section: str, element: bytes) -> int:
    """Return the number of a record's task."""
    del section
    return _numbered.decode(element).number


def fault(error: Exception) -> Fault:
    """Return where and why a decoder stopped."""
    found = _AT.match(str(error))
    return Fault(found["path"], found["reason"]) if found else Fault("$", str(error))


def _items(path: str, elements: Iterable[tuple[int, bytes | msgspec.Raw]]) -> Iterator[Record | Reject]:
    try:
        for number, data in elements:
            yield _read(path, number, data)
    except BROKEN as e:
        yield Reject(path, "$", (fault(e),))


def _read(path: str, number: int, data: bytes | msgspec.Raw) -> Record | Reject:
    try:
        return _record.decode(data)
    except BROKEN as e:
        outline = _told(data)
        name = outline.id if outline.id is not None else number
        held = sum(len(label.annotations) + len(label.tracks) for label in outline.labels)
        return Reject(path, str(name), _faults(bytes(data)) or (fault(e),), held)


def _faults(data: bytes) -> tuple[Fault, ...]:
    """Return everything that is wrong with a record."""
    try:
        parse(data, Record)
    except InvalidError as e:
        return e.faults
    return ()


def _told(data: bytes | msgspec.Raw) -> _Outline:
    try:
        return _outline.decode(data)
    except BROKEN:
        return _Outline()
