"""Content-addressed files beside the database: label volumes and other large values, by their SHA-256."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import msgspec

from labelport.errors import NotFoundError

_BLOB = re.compile(rb'"uri":"blob:([0-9a-f]{64})"')
_SEGMENT = b'"kind":"segment"'


class Blobs:
    """A folder of files that are named by what they hold."""

    def __init__(self, folder: Path) -> None:
        """Use the folder; it is made with the first blob."""
        self.folder = folder

    def put(self, chunks: Iterable[bytes]) -> str:
        """Store the bytes, durably; return their SHA-256."""
        self.folder.mkdir(parents=True, exist_ok=True)
        hashed = hashlib.sha256()
        with NamedTemporaryFile(dir=self.folder, delete=False) as file:
            try:
                for chunk in chunks:
                    hashed.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                Path(file.name).unlink()
                raise
        place = self.path(hashed.hexdigest())
        place.parent.mkdir(exist_ok=True)
        Path(file.name).replace(place)
        return hashed.hexdigest()

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob; raises `NotFoundError`."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as e:
            raise NotFoundError(f"no blob {sha256}") from e

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a blob; raises `NotFoundError`."""
        with self.open(sha256) as file:
            return file.read()

    def check(self) -> Iterator[tuple[str, bool]]:
        """Yield every blob and whether it holds what its name says."""
        for path in sorted(self.folder.glob("??/*")):
            with path.open("rb") as file:
                yield path.name, hashlib.file_digest(file, "sha256").hexdigest() == path.name

    def remove(self, sha256: str) -> None:
        """Remove a blob, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where a blob lies."""
        return self.folder / sha256[:2] / sha256


def named_in(data: bytes) -> Iterator[str]:
    """Yield the blobs that a block names: the asset's, and those of segments."""
    yield from (found.decode() for found in _BLOB.findall(data))
    if _SEGMENT in data:
        text = data if data[:1] in b"[{" else b"{" + data + b"}"
        yield from _segments(msgspec.json.decode(text))


def _segments(value: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    match value:
        case {"kind": "segment", "blob": str(blob)}:
            yield blob
        case dict():
            for item in value.values():
                yield from _segments(item)
        case list():
            for item in value:
                yield from _segments(item)
        case _:
            pass
