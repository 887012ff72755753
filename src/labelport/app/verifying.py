"""Verify: a delivery against its manifest, with nothing but the delivery at hand."""

import hashlib
from collections.abc import Iterator

from labelport.api import Verified, VerifyDelivery
from labelport.app.context import App, Progress
from labelport.app.delivered import LISTING, RECEIPT, Delivery
from labelport.app.places import MANIFEST
from labelport.errors import NotFoundError
from labelport.model.export import FileEntry


def verify(app: App, ask: VerifyDelivery) -> Verified:
    """Check every file's size and hash, that none is missing or added, and that the counts close."""
    delivery = Delivery(ask.path)
    faults: list[str] = []
    files = size = 0
    listed = hashlib.sha256()
    for chunk in _present(delivery, faults):
        listed.update(chunk)
    if listed.hexdigest() != delivery.manifest.files:
        faults.append(f"{LISTING} is not the one that the manifest names")
        return Verified(ask.path, 0, 0, 0, tuple(faults))
    for entry in delivery.entries():
        files += 1
        size += entry.size
        faults.extend(_file(delivery, entry))
        app.progress(Progress("verify", files, unit="files"))
    faults.extend(_surplus(delivery, files))
    tasks = sum(1 for _ in delivery.items())
    faults.extend(_counts(delivery, tasks))
    return Verified(ask.path, files, size, tasks, tuple(faults))


def _present(delivery: Delivery, faults: list[str]) -> Iterator[bytes]:
    try:
        yield from delivery.chunks(LISTING)
    except NotFoundError:
        faults.append(f"{LISTING} is missing")


def _file(delivery: Delivery, entry: FileEntry) -> Iterator[str]:
    hashed, size = hashlib.sha256(), 0
    try:
        for chunk in delivery.chunks(entry.path):
            hashed.update(chunk)
            size += len(chunk)
    except NotFoundError:
        yield f"{entry.path} is missing"
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


def _counts(delivery: Delivery, tasks: int) -> Iterator[str]:
    for tally in delivery.manifest.tallies:
        for what, selected, written, skipped in (
            ("tasks", tally.tasks_selected, tally.tasks_written, tally.tasks_skipped),
            ("annotations", tally.annotations_selected, tally.annotations_written, tally.annotations_skipped),
        ):
            if selected != written + skipped:
                yield f"{tally.format}: {selected} {what} selected, {written} written and {skipped} skipped"
    written = max((tally.tasks_written for tally in delivery.manifest.tallies), default=0)
    if tasks < written:
        yield f"items.csv names {tasks} tasks, {written} were written"
