"""A finished delivery, looked at: its manifest, its list of files, its documents element by element."""

import csv
from collections.abc import Iterator, Sequence
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path

import msgspec

from labelport.app.elements import lines
from labelport.app.places import MANIFEST, is_folder, place
from labelport.errors import IntegrityError, NotFoundError
from labelport.kit.destination import Destination
from labelport.kit.format import BROKEN
from labelport.model.export import FileEntry, Manifest

LISTING = "files.ndjson"
ITEMS = "items.csv"
RECEIPT = "receipt.json"
SKIPPED = "skipped.ndjson"
TOMBSTONES = "tombstones.ndjson"
CHUNK = 1 << 20
LONGEST = 2**31 - 1
"""Letters of a cell that are read; addresses that hold a whole picture are long."""


class Delivery:
    """A delivery at an address."""

    def __init__(self, address: str) -> None:
        """Look at an address; raises `NotFoundError` where there is nothing, or a file that is no archive."""
        self.address = address
        path = Path(address)
        if not address.startswith("memory:"):
            if not address or not path.exists():
                raise NotFoundError(f"no delivery at {address!r}: there is nothing")
            if is_folder(address) and not path.is_dir():
                raise NotFoundError(f"no delivery at {address!r}: it is a file, and not named FILE.zip")
        self.place: Destination = place(address)

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; raises `NotFoundError` where there is none, for then there is no delivery."""
        try:
            with self.place.get(MANIFEST) as file:
                return msgspec.json.decode(file.read(), type=Manifest)
        except NotFoundError as e:
            text = f"no delivery at {self.address!r}: it has no {MANIFEST}, so it was never finished"
            raise NotFoundError(text) from e
        except BROKEN as e:
            raise IntegrityError(f"the manifest of {self.address!r} cannot be read: {e}") from e

    def is_empty(self) -> bool:
        """Whether there is no file; an archive that cannot be read is not empty."""
        try:
            return next(self.place.list(), None) is None
        except IntegrityError:
            return False

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield a file's bytes."""
        with self.place.get(path) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def entries(self) -> Iterator[FileEntry]:
        """Yield the listed files."""
        for line in lines(self.chunks(LISTING), b"\n"):
            yield msgspec.json.decode(line, type=FileEntry)

    def items(self) -> Iterator[Sequence[str]]:
        """Yield the rows of `items.csv` below its head."""
        with self.place.get(ITEMS) as file:
            csv.field_size_limit(LONGEST)
            rows = csv.reader(TextIOWrapper(file, "utf-8", newline=""))
            next(rows, None)
            yield from rows
