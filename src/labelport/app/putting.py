"""A finished tree goes to its destination: whole folders where that can be, the manifest last."""

import hashlib
from pathlib import Path

import msgspec

from labelport.app.assembly import TREE
from labelport.app.delivered import LISTING, RECEIPT
from labelport.app.growing import chunks
from labelport.app.places import MANIFEST
from labelport.kit.destination import Adopting, Destination
from labelport.model.export import FileEntry, Receipt


def put_tree(to: Destination, folder: Path, receipt: Receipt | None = None) -> None:
    """Move a finished tree to its destination, the manifest last; what an earlier try moved already stays.

    Raises `NotFoundError` where something is neither here nor there.
    """
    moved = _moved(to, folder / TREE)
    with (folder / LISTING).open("rb") as listing:
        for line in listing:
            path = msgspec.json.decode(line, type=FileEntry).path
            if path.partition("/")[0] not in moved:
                _move(to, folder / TREE, path)
    to.put(LISTING, chunks(folder / LISTING))
    manifest = _pretty((folder / MANIFEST).read_bytes())
    if receipt is not None:
        told = msgspec.structs.replace(receipt, manifest=hashlib.sha256(manifest).hexdigest())
        to.put(RECEIPT, [_pretty(msgspec.json.encode(told))])
    to.seal(MANIFEST, [manifest])


def _moved(to: Destination, tree: Path) -> set[str]:
    """Move whole folders of a tree, where that can be; return their names."""
    if not isinstance(to, Adopting):
        return set()
    return {one.name for one in tree.iterdir() if one.is_dir() and to.adopt_folder(one.name, one)}


def _move(to: Destination, tree: Path, path: str) -> None:
    if not isinstance(to, Adopting):
        to.put(path, chunks(tree / path))
    elif (tree / path).exists():
        to.adopt(path, tree / path)
    else:
        to.get(path).close()


def _pretty(data: bytes) -> bytes:
    return msgspec.json.format(data, indent=2) + b"\n"
