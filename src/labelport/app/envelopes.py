"""Envelopes around a delivery of any format: a BagIt bag (RFC 8493), or an in-toto statement beside the files.

In a bag, the formats' files are the payload, under `data/`. Every other file is a tag file; the tag manifest lists
those that are there when it is written (section 2.2.1 asks for the payload manifest, and for others where it can be):
not the list of all files, which holds the tag manifest's own hash, nor the manifest that seals the delivery.

A statement (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) names every file that is listed
before it, with the SHA-256 of its bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from typing import Any

import msgspec

from labelport.model.export import ExportRequest, FileEntry

PAYLOAD = "data/"
STATEMENT = "statement.intoto.json"
PREDICATE = "urn:labelport:delivery:v1"
Listed = Callable[[], Iterator[FileEntry]]
Wrap = Callable[[Listed], Iterator[tuple[str, Iterable[bytes]]]]
"""Yields files with their bytes, given what is listed so far, each time anew."""
_PLAIN = ExportRequest("")
_HOW: dict[str, Any] = {"shard_size": _PLAIN.shard_size, "verify": _PLAIN.verify}
_encode = msgspec.json.Encoder().encode


class Predicate(msgspec.Struct, frozen=True, rename="camel"):
    """What a statement says of the files: the state of which project they are, and what was asked for.

    How the work was cut and checked is no part of it, for it changes no byte.
    """

    labelport: str
    project: str
    base: int | None
    cut: int
    root: str
    request: ExportRequest


def root(request: ExportRequest) -> str:
    """Return where the formats' files lie."""
    return PAYLOAD if request.envelope == "bagit" else ""


def bare(listed: Listed) -> Iterator[tuple[str, Iterable[bytes]]]:  # noqa: ARG001
    """Yield nothing: no envelope."""
    return iter(())


def envelope(request: ExportRequest, *, cut: int, base: int | None, root: str) -> Wrap:
    """Return what wraps a delivery."""
    match request.envelope:
        case "bagit":
            return partial(_bag, f"{request.project} at {cut}")
        case "in-toto":
            asked = msgspec.structs.replace(request, **_HOW)
            return partial(_stated, Predicate(version("labelport"), request.project, base, cut, root, asked))
        case None:
            return bare


def _bag(identifier: str, listed: Listed) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the tag files of a bag, the tag manifest last."""
    files = size = 0
    for one in listed():
        if one.path.startswith(PAYLOAD):
            files, size = files + 1, size + one.size
    about = (
        f"Bag-Software-Agent: Labelport {version('labelport')}\n"
        f"External-Identifier: {identifier}\n"
        f"Payload-Oxum: {size}.{files}\n"
    )
    yield "bagit.txt", (b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",)
    yield "bag-info.txt", (about.encode(),)
    yield "manifest-sha256.txt", (_line(one) for one in listed() if one.path.startswith(PAYLOAD))
    yield "tagmanifest-sha256.txt", (_line(one) for one in listed() if not one.path.startswith(PAYLOAD))


def _line(one: FileEntry) -> bytes:
    """Return a file's line in a manifest, with what would hurt there written as the RFC has it (section 2.1.3)."""
    path = one.path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"{one.sha256}  {path}\n".encode()


def _stated(predicate: Predicate, listed: Listed) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield STATEMENT, _statement(predicate, listed())


def _statement(predicate: Predicate, entries: Iterable[FileEntry]) -> Iterator[bytes]:
    """Yield a statement, a line for each subject."""
    yield b'{"_type":"https://in-toto.io/Statement/v1","subject":[\n'
    separator = b""
    for one in entries:
        yield separator + _encode({"name": one.path, "digest": {"sha256": one.sha256}})
        separator = b",\n"
    yield b'\n],"predicateType":' + _encode(PREDICATE) + b',"predicate":' + _encode(predicate) + b"}\n"
