"""A finished delivery, looked at: its manifest, its list of files, its documents element by element."""

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path

import msgspec

from labelport.app.elements import lines
from labelport.app.places import MANIFEST, place
from labelport.errors import IntegrityError, NotFoundError
from labelport.kit.destination import Destination
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
        """Read the manifest; raises `NotFoundError` where there is none, for then there is no delivery."""
        self.address = address
        if not address.startswith("memory:") and not Path(address).exists():
            raise NotFoundError(f"no delivery at {address!r}: there is nothing")
        self.place: Destination = place(address)
        try:
            with self.place.get(MANIFEST) as file:
                self.manifest = msgspec.json.decode(file.read(), type=Manifest)
        except NotFoundError as e:
            raise NotFoundError(f"no delivery at {address!r}: it has no {MANIFEST}, so it was never finished") from e
        except (msgspec.ValidationError, msgspec.DecodeError) as e:
            raise IntegrityError(f"the manifest of {address!r} cannot be read: {e}") from e

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
