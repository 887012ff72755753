"""Golden files: the bytes that a format makes of records by hand, kept in a folder that people can read.

They show in a diff what a change does to a format's bytes; a change that is meant raises the format's `version`. Of a
document that is sealed they keep the elements: its own bytes are another program's, and nothing to read.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from labelport.fidelity import Ledger, fit
from labelport.kit.format import Context, Document, Format
from labelport.model.record import Record
from labelport.shapes.frames import Wanted
from labelport.testing.cases import CLASSES, blob
from labelport.testing.render import render


def made(
    format_: Format, records: Iterable[Record], options: Mapping[str, Any], frames: Wanted = "keyframes"
) -> dict[str, bytes]:
    """Return the files that a format makes of records, fitted to it as an export fits them."""
    given = msgspec.structs.asdict(msgspec.convert(options, format_.options)) if format_.options else {}
    fitted = [fit(record, format_.carries, "convert", Ledger()) for record in records]
    return render(_open(format_), fitted, Context(CLASSES, given, frames, blob=blob))


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder in place of those that are there."""
    for path in kept(folder):
        (folder / path).unlink()
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def kept(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    places = sorted(place for place in folder.rglob("*") if place.is_file())
    return {place.relative_to(folder).as_posix(): place.read_bytes() for place in places}


def _open(format_: Format) -> Format:
    """Return the format without its seals."""
    laid = format_.documents
    if laid is None:
        return format_
    return msgspec.structs.replace(format_, documents=lambda context: tuple(map(_unsealed, laid(context))))


def _unsealed(document: Document) -> Document:
    if document.seal is None:
        return document
    return msgspec.structs.replace(document, path=f"{document.path}.txt", seal=None)
