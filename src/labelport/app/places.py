"""Finds the destination that an address names: a folder, `FILE.zip`, or `memory:NAME`; and whether it can be used."""

import os
from pathlib import Path
from tempfile import mkdtemp

from labelport.destinations.folder import INCOMING, Folder
from labelport.destinations.memory import Memory
from labelport.destinations.zip import Zip
from labelport.errors import ConflictError, IntegrityError, RequestError
from labelport.kit.destination import Claimable, Destination

MANIFEST = "manifest.json"
LONGEST = 255
"""Bytes of a name on the file systems that there are."""
_memories: dict[str, Memory] = {}


def place(address: str, scratch: Path | None = None) -> Destination:
    """Return the destination at an address; what it writes before its time goes into `scratch`, on the same disk."""
    if address.startswith("memory:"):
        return _memories.setdefault(address, Memory())
    path = Path(address)
    return Zip(path, scratch) if _is_archive(path) else Folder(path)


def is_folder(address: str) -> bool:
    """Return whether an address names a folder."""
    return not address.startswith("memory:") and not _is_archive(Path(address))


def fresh(address: str) -> Destination:
    """Return the destination at an address where a delivery may be put; raises `ConflictError` where one is."""
    found = place(address)
    held = next(iter(found.list()), None)
    if held is not None and MANIFEST in found.list():
        raise ConflictError(
            f"{address!r} holds a delivery, and a delivery is never changed: name a new place, or remove this one first"
        )
    if held is not None:
        raise ConflictError(f"{address!r} is not empty: name another place for the delivery, or remove it first")
    return found


def claimed(address: str, owner: str, scratch: Path | None = None) -> Destination:
    """Return the destination at an address, taken for one owner; raises `ConflictError` where it is another's."""
    fresh(address)
    found = place(address, scratch)
    if isinstance(found, Claimable):
        found.claim(owner)
    return found


def check(address: str) -> None:
    """Raise `RequestError` where no delivery can be put; it is tried, and nothing is left of that."""
    if not address:
        raise RequestError("the destination has no name: give a new folder, or FILE.zip")
    if not address.startswith("memory:"):
        check_writable(address)
    try:
        fresh(address)
    except IntegrityError as e:
        raise ConflictError(f"{address!r} is there, and no delivery: name another archive, or remove it first") from e
    if is_folder(address) and (Path(address) / INCOMING).exists():
        raise ConflictError(
            f"another export is on its way to {address!r}: wait for it, or remove a folder that was given up"
        )


def check_writable(address: str) -> None:
    """Raise `RequestError` where a folder or archive of that name cannot be made; it is tried."""
    path = Path(address).absolute()
    try:
        if any(len(os.fsencode(part)) > LONGEST for part in path.parts):
            raise RequestError(f"{address!r} has a name of more than {LONGEST} bytes: name a shorter place")
        path.lstat() if path.is_symlink() else path.stat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as e:
        raise RequestError(f"{address!r} is no place for a delivery: {_reason(e)}; name another") from e
    if path.exists() and path.is_dir() == _is_archive(path):
        found = "a folder" if path.is_dir() else "a file"
        raise ConflictError(f"{address!r} is {found}: a delivery is a new folder, or an archive named FILE.zip")
    if path.is_symlink() and not path.exists():
        raise ConflictError(f"{address!r} is a link that leads nowhere: name another place")
    near = path if path.is_dir() else next(above for above in path.parents if above.exists())
    try:
        Path(mkdtemp(prefix=".labelport-", dir=near)).rmdir()
    except OSError as e:
        raise RequestError(
            f"{address!r} cannot be made, for nothing can be written to {str(near)!r}: {_reason(e)};"
            " choose a place that may be written to"
        ) from e


def beside(address: str, name: str, otherwise: Path) -> Path:
    """Return a folder to build a delivery in: on the disk of its destination where that is local.

    Beside a folder that is there, in a place that may not be written to, there is no room: then it is `otherwise`.
    """
    if address.startswith("memory:"):
        return otherwise / name
    path = Path(address).absolute()
    if path.is_dir() and not os.access(path.parent, os.W_OK | os.X_OK):
        return otherwise / name
    return path.parent / f".labelport-{name}"


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
