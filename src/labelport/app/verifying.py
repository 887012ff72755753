"""Verify: a delivery against its manifest, with nothing but the delivery at hand; every fault is listed."""

import csv
import hashlib
import struct
import zlib
from collections.abc import Iterator
from zipfile import BadZipFile

import msgspec

from labelport.api import Verified, VerifyDelivery
from labelport.app.context import App, Progress
from labelport.app.delivered import ITEMS, LISTING, RECEIPT, Delivery
from labelport.app.elements import lines
from labelport.app.places import MANIFEST
from labelport.errors import LabelportError, NotFoundError
from labelport.model.export import FileEntry, Manifest, Receipt

UNREADABLE = (LabelportError, OSError, EOFError, BadZipFile, zlib.error, struct.error, RuntimeError)
"""What reading a file of a folder or a broken archive raises."""
BROKEN = (*UNREADABLE, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, csv.Error)
"""What reading values from it raises."""


def verify(app: App, ask: VerifyDelivery) -> Verified:
    """Check every file's size and hash, that none is missing or added, and that the counts close."""
    delivery = Delivery(ask.path)
    if delivery.is_empty():
        raise NotFoundError(f"no delivery at {ask.path!r}: there is no file, so it was never finished")
    faults: list[str] = []
    files = size = 0
    manifest = _manifest(delivery, faults)
    whole = _is_listed(delivery, manifest, faults)
    for entry in _entries(delivery, faults):
        files += 1
        size += entry.size
        faults.extend(_file(delivery, entry))
        app.progress(Progress("verify", files, unit="files"))
    if whole:
        faults.extend(_surplus(delivery, files))
    tasks = _tasks(delivery, faults)
    if manifest is not None and tasks is not None:
        faults.extend(_counts(manifest, tasks))
    return Verified(ask.path, files, size, tasks or 0, tuple(faults))


def _manifest(delivery: Delivery, faults: list[str]) -> Manifest | None:
    """Return the manifest, where there is one that can be read and is the one that the receipt names."""
    try:
        data = b"".join(delivery.chunks(MANIFEST))
        manifest = msgspec.json.decode(data, type=Manifest)
    except NotFoundError:
        faults.append(f"{MANIFEST} is missing: the delivery was never finished, or is not whole")
        return None
    except BROKEN as e:
        faults.append(f"{MANIFEST} cannot be read: {e}")
        return None
    faults.extend(_receipt(delivery, hashlib.sha256(data).hexdigest()))
    return manifest


def _receipt(delivery: Delivery, manifest: str) -> Iterator[str]:
    try:
        receipt = msgspec.json.decode(b"".join(delivery.chunks(RECEIPT)), type=Receipt)
    except NotFoundError:
        return  # it may be taken away: nothing of a delivery depends on it
    except BROKEN as e:
        yield f"{RECEIPT} cannot be read: {e}"
        return
    if receipt.manifest not in ("", manifest):
        yield f"{MANIFEST} is not the one that {RECEIPT} names"


def _is_listed(delivery: Delivery, manifest: Manifest | None, faults: list[str]) -> bool:
    """Return whether the list of files is the one that the manifest names."""
    listed = hashlib.sha256()
    try:
        for chunk in delivery.chunks(LISTING):
            listed.update(chunk)
    except NotFoundError:
        faults.append(f"{LISTING} is missing")
        return False
    except BROKEN as e:
        faults.append(f"{LISTING} cannot be read: {e}")
        return False
    if manifest is not None and listed.hexdigest() != manifest.files:
        faults.append(f"{LISTING} is not the one that the manifest names")
        return False
    return True


def _entries(delivery: Delivery, faults: list[str]) -> Iterator[FileEntry]:
    """Yield the files that are listed, as far as the list can be read."""
    try:
        for number, line in enumerate(lines(delivery.chunks(LISTING), b"\n"), 1):
            try:
                entry = msgspec.json.decode(line, type=FileEntry)
            except BROKEN as e:
                faults.append(f"{LISTING}, line {number}: {e}")
            else:
                yield entry
    except BROKEN:
        return  # that it cannot be read is told already


def _file(delivery: Delivery, entry: FileEntry) -> Iterator[str]:
    hashed, size = hashlib.sha256(), 0
    try:
        for chunk in delivery.chunks(entry.path):
            hashed.update(chunk)
            size += len(chunk)
    except NotFoundError:
        yield f"{entry.path} is missing"
        return
    except BROKEN as e:
        yield f"{entry.path} cannot be read: {e}"
        return
    if size != entry.size:
        yield f"{entry.path} has {size} bytes, not {entry.size}"
    elif hashed.hexdigest() != entry.sha256:
        yield f"{entry.path} has other contents than were delivered"


def _surplus(delivery: Delivery, files: int) -> Iterator[str]:
    """Yield files that are not listed; names are compared only where the number differs."""
    extra = {LISTING, MANIFEST, RECEIPT}
    if sum(1 for path in delivery.place.list() if path not in extra) == files:
        return
    listed = {entry.path for entry in delivery.entries()} | extra
    yield from (f"{path} was added" for path in delivery.place.list() if path not in listed)


def _tasks(delivery: Delivery, faults: list[str]) -> int | None:
    """Return how many tasks the delivery names; None where that cannot be read, which is a fault."""
    try:
        return sum(1 for _ in delivery.items())
    except BROKEN as e:
        if not any(fault.startswith(ITEMS) for fault in faults):
            faults.append(f"{ITEMS} cannot be read: {e}")
        return None


def _counts(manifest: Manifest, tasks: int) -> Iterator[str]:
    for tally in manifest.tallies:
        for what, selected, written, skipped in (
            ("tasks", tally.tasks_selected, tally.tasks_written, tally.tasks_skipped),
            ("annotations", tally.annotations_selected, tally.annotations_written, tally.annotations_skipped),
        ):
            if selected is None or written is None or skipped is None:
                continue  # a fold does not know
            if selected != written + skipped:
                yield f"{tally.format}: {selected} {what} selected, {written} written and {skipped} skipped"
    written = max((tally.tasks_written for tally in manifest.tallies), default=0)
    if tasks < written:
        yield f"items.csv names {tasks} tasks, {written} were written"
