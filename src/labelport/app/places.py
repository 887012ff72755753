"""Finds the destination that an address names: a folder, `FILE.zip`, or `memory:NAME`."""

from pathlib import Path

from labelport.destinations.folder import Folder
from labelport.destinations.memory import Memory
from labelport.destinations.zip import Zip
from labelport.errors import ConflictError
from labelport.kit.destination import Destination

MANIFEST = "manifest.json"
_memories: dict[str, Memory] = {}


def place(address: str, scratch: Path | None = None) -> Destination:
    """Return the destination at an address; what it writes before its time goes into `scratch`, on the same disk."""
    if address.startswith("memory:"):
        return _memories.setdefault(address, Memory())
    path = Path(address)
    return Zip(path, scratch) if path.suffix.lower() == ".zip" else Folder(path)


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


def beside(address: str, name: str, otherwise: Path) -> Path:
    """Return a folder to build a delivery in: on the disk of its destination where that is local."""
    if address.startswith("memory:"):
        return otherwise / name
    return Path(address).absolute().parent / f".labelport-{name}"
