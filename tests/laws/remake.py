"""Run as a process of its own: makes a workspace of an NDJSON file, exports it, and says what came out."""

import hashlib
import sys
from pathlib import Path

from labelport.registry import format_named, formats
from tests.spaces import Space, files


def main(folder: str, source: str) -> None:
    """Import, export in every format that can be written, and print each file with its digest."""
    space = Space(Path(folder))
    space.work.import_files("cars", "ndjson", [source])
    project = space.work.project("cars")
    written = tuple(name for name in formats() if format_named(name).encode is not None)
    delivered = files(space.export(space.request(project.id, formats=written)).destination)
    for path, data in delivered.items():
        print(path, hashlib.sha256(data).hexdigest())
    assert hash("") == 0, "strings are hashed by a seed, but for the empty one"


if __name__ == "__main__":
    main(*sys.argv[1:])
