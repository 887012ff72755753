"""A folder of deliveries that follow each other, each in a folder of its own: `0001` is the full one, then deltas.

It is what `--since last` fills: a folder holds one delivery, so each next one takes the next number. In their order
they can be folded.
"""

from pathlib import Path

from labelport.app.places import MANIFEST, check_writable
from labelport.errors import ConflictError, RequestError

DIGITS = 4


def check(folder: str) -> None:
    """Raise `RequestError` where no series can go on."""
    if not folder:
        raise RequestError("the destination has no name: give a folder")
    check_writable(folder)
    if (Path(folder) / MANIFEST).exists():
        raise ConflictError(
            f"{folder!r} holds a delivery, and `last` fills a folder with one delivery after the other, each in a "
            "folder of its own: name a new folder for them; or a new folder for one delta, and an export or a change "
            "number instead of `last`"
        )


def reserve(folder: str) -> str:
    """Make the folder of the next delivery, which is then nobody else's; return its address."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    number = max((int(one.name) for one in place.iterdir() if one.name.isascii() and one.name.isdecimal()), default=0)
    while True:
        number += 1
        found = place / f"{number:0{DIGITS}d}"
        try:
            found.mkdir()
        except FileExistsError:
            continue
        return str(found)
