"""The files of a delivery as they are put, and the list of them that grows beside."""

import hashlib
from pathlib import Path

import msgspec

from labelport.app.growing import Growing, Mark
from labelport.app.meter import Meter
from labelport.errors import IntegrityError
from labelport.kit.format import File, Section
from labelport.model.export import FileEntry

LINES = Section("lines", b"\n", terminated=True)


class Files:
    """Files under `tree`, listed in `listing` in the order in which they are put."""

    def __init__(self, tree: Path, listing: Path, meter: Meter, mark: Mark | None = None) -> None:
        """Start an empty list, or go on with one from its mark."""
        self.tree = tree
        self.entries = Growing(listing, LINES, meter, mark=mark)

    def put(self, file: File, task: int | None = None) -> None:
        """Write a file, of one task or of none, and list it; raises `IntegrityError` where its path leaves the tree."""
        place = self.tree / file.path
        if ".." in place.parts or not place.is_relative_to(self.tree):
            raise IntegrityError(f"a format made the path {file.path!r}, which leaves the delivery")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
        self.enter(FileEntry(file.path, len(file.data), hashlib.sha256(file.data).hexdigest(), task))

    def enter(self, entry: FileEntry) -> None:
        """List a file that is written already."""
        self.entries.add(msgspec.json.encode(entry))

    def adopt(self, line: bytes, tree: Path) -> None:
        """Take over a file that lies under another tree of the same disk, and its line."""
        entry = msgspec.json.decode(line, type=FileEntry)
        place = self.tree / entry.path
        place.parent.mkdir(parents=True, exist_ok=True)
        (tree / entry.path).replace(place)
        self.entries.add(line)
