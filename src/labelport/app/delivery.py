"""The flow of an export: shards through the formats, put together, reconciled, delivered, sealed by the manifest."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import msgspec

from labelport.app.assembly import JOURNAL, TREE, Assembly, read_journal
from labelport.app.context import App, Progress
from labelport.app.copies import KEPT, WITHOUT
from labelport.app.delivered import RECEIPT
from labelport.app.envelopes import envelope
from labelport.app.files import MEDIA
from labelport.app.growing import write_whole
from labelport.app.places import MANIFEST, beside, claimed, fresh, place
from labelport.app.processes import Processes
from labelport.app.putting import put_tree
from labelport.app.readback import read_back
from labelport.app.reckoning import Account
from labelport.app.reconcile import reconcile
from labelport.app.shards import Job
from labelport.app.stage import COUNTS, Stage
from labelport.errors import IntegrityError, LossError, NotFoundError
from labelport.kit.format import File
from labelport.kit.moments import rfc3339
from labelport.model.export import Manifest, MediaTally, Receipt
from labelport.store import names
from labelport.store.exports import ExportRow, get
from labelport.store.locks import held
from labelport.store.reads import Run, tombstones
from labelport.store.store import Store

BEGUN = "begun"
"""The mark that files at the destination are of this export."""


def deliver(app: App, row: ExportRow) -> Manifest:
    """Make the delivery of an export; one that was interrupted goes on behind its last finished step."""
    lock = hashlib.sha256(row.destination.encode()).hexdigest()
    with held(app.store.folder / "locks" / lock, f"a delivery to {row.destination!r}"):
        folder = beside(row.destination, row.id, app.store.folder / "staging")
        manifest = _sealed(row) or _made(app, row, folder)
        shutil.rmtree(folder, ignore_errors=True)
        return manifest


def _sealed(row: ExportRow) -> Manifest | None:
    """Return the manifest where this export is delivered already: its run ended before the history was told."""
    to = place(row.destination)
    try:
        with to.get(RECEIPT) as receipt, to.get(MANIFEST) as manifest:
            ours = msgspec.json.decode(receipt.read(), type=Receipt).export == row.id
            return msgspec.json.decode(manifest.read(), type=Manifest) if ours else None
    except (NotFoundError, msgspec.DecodeError):
        return None


def _made(app: App, row: ExportRow, folder: Path) -> Manifest:
    """Make the files, unless an earlier run did, and deliver them."""
    made, begun = folder / MANIFEST, folder / BEGUN
    if not begun.exists():
        fresh(row.destination)
    if not made.exists():
        _make(app, row, folder)
    if not begun.exists():
        claimed(row.destination, row.id)
        begun.touch()
    try:
        put_tree(place(row.destination, folder), folder, _receipt(app, row))
    except NotFoundError as e:
        made.unlink()
        (folder / JOURNAL).unlink(missing_ok=True)
        raise IntegrityError(f"what was delivered before the interruption is gone ({e}): run the export again") from e
    return msgspec.json.decode(made.read_bytes(), type=Manifest)


def _make(app: App, row: ExportRow, folder: Path) -> None:
    """Make every file and the manifest; what does not hold against its own account, or loses too much, is dropped."""
    try:
        with closing(Work(app, row, folder)) as work:
            manifest = work.manifest(work.run())
            reconcile(manifest, {**work.accounts, MEDIA: work.media}, work.units())
            if row.request.verify == "deep":
                read_back(work.accounts, work.job.lanes, folder / TREE)
    except (IntegrityError, LossError):
        shutil.rmtree(folder)
        raise
    write_whole(folder / MANIFEST, msgspec.json.encode(manifest))


class Work:
    """An export on its way to a finished tree of files."""

    def __init__(self, app: App, row: ExportRow, folder: Path) -> None:
        """Plan the shards, and pick up what an earlier run left."""
        self.app, self.row, self.folder = app, row, folder
        self.job = Job(app.store, row)
        self.runs = self.job.reader.plan(row.request.shard_size)
        self.documents = self.job.layout()
        self.accounts = {lane.name: Account() for lane in self.job.lanes}
        self.media = Account()
        self.removed = 0
        journal = read_journal(folder)
        try:
            self.assembly = Assembly(folder, self.documents, journal, media=row.request.media)
        except IntegrityError:
            journal = None
            self.assembly = Assembly(folder, self.documents, media=row.request.media)
        self.first = journal.shards if journal else 0
        self._afresh = journal is None
        if journal:
            self._account(journal.reckoning)

    def run(self) -> str:
        """Run the shards that are missing; return the hash of `files.ndjson`."""
        for file in self._once():
            self.assembly.files.put(file)
        total = sum(run.tasks for run in self.runs)
        done = sum(run.tasks for run in self.runs[: self.first])
        for i in self._shards(done, total):
            done += self.runs[i].tasks
            self.app.progress(Progress("export", done, total))
        base = self.row.base
        gone = None if base is None else self._tombstones(base)
        last = (file for lane in self.job.lanes for file in lane.last(self.assembly.made))
        wrap = envelope(self.row.request, cut=self.row.cut, base=base, root=self.row.root.hex())
        return self.assembly.finish(gone, last=last, wrap=wrap).sha256

    def close(self) -> None:
        """Let go of every file."""
        self.assembly.close()

    def manifest(self, files: str) -> Manifest:
        """Return the manifest of what was made."""
        row, store = self.row, self.app.store
        accounts = self.accounts.items()
        return Manifest(
            labelport=version("labelport"),
            project=row.request.project,
            request=row.request,
            base=row.base,
            cut=row.cut,
            root=row.root.hex(),
            size=row.size,
            classes=self.job.classes.delivered,
            class_map=self.job.classes.table,
            media=self._media() if row.request.media != "none" else None,
            batches=names.batches(store.db, row.log, row.cut),
            tallies=tuple(account.tally(name, self.assembly.counts(name)) for name, account in accounts),
            skips=tuple(skip for name, account in accounts for skip in account.skip_report(name)),
            losses=tuple(loss for name, account in accounts for loss in account.loss_report(name)),
            files=files,
            removed=self.removed,
        )

    def _media(self) -> MediaTally:
        """Return what became of the media."""
        media = self.media
        kept, without = (media.expected.get(name, 0) for name in (KEPT, WITHOUT))
        return MediaTally(
            wanted=media.tasks_selected,
            copied=media.tasks_written - kept,
            kept=kept,
            without=without,
            files=self.assembly.copies,
            missing=tuple(media.skip_report("media")),
        )

    def units(self) -> dict[str, int]:
        """Return how many tasks and annotations the plan said, and how many tasks `items.csv` names."""
        return {
            "tasks": sum(run.tasks for run in self.runs),
            "annotations": self.job.reader.annotations(),
            "items": self.assembly.items.elements,
        }

    def _once(self) -> Iterator[File]:
        """Yield the files that depend on no task, unless an earlier run put them."""
        if self._afresh:
            for lane in self.job.lanes:
                yield from lane.once()

    def _shards(self, done: int, total: int) -> Iterator[int]:
        """Run shards in order, here or in worker processes; yield each when it is in the assembly and marked."""
        last = len(self.runs)
        if self.app.workers > 1 and last - self.first > 1:
            engine = Processes(self.app.workers, start, str(self.app.store.folder), self.row.id, str(self.folder))
            with closing(engine.run(self.first, last)) as finished:
                for i in finished:
                    shard = _shard(self.folder, i)
                    self._account(self.assembly.take(shard))
                    self._mark(i)
                    shutil.rmtree(shard)
                    yield i
            return
        for i in range(self.first, last):
            counter = _Counter(self.app, done, total)
            self.job.run(self.runs[i], self.assembly, counter)
            done += self.runs[i].tasks
            self._account(self.job.reckoning())
            self._mark(i)
            yield i

    def _mark(self, shard: int) -> None:
        self.assembly.mark(shard + 1, msgspec.json.encode({**self.accounts, MEDIA: self.media}))

    def _account(self, reckoning: bytes | msgspec.Raw) -> None:
        for name, account in msgspec.json.decode(reckoning, type=dict[str, Account]).items():
            (self.media if name == MEDIA else self.accounts[name]).merge(account)

    def _tombstones(self, base: int) -> Iterator[bytes]:
        """Yield what left since `base`, and count it."""
        row = self.row
        for gone in tombstones(self.app.store.db, row.log, row.request.selection, base=base, cut=row.cut):
            self.removed += 1
            yield msgspec.json.encode(gone)


class _Counter:
    """Tells of progress inside a shard."""

    def __init__(self, app: App, done: int, total: int) -> None:
        self._app, self._done, self._total = app, done, total

    def __call__(self, more: int) -> None:
        self._app.progress(Progress("export", self._done + more, self._total))


class Worker:
    """A process that serves shards of one export."""

    def __init__(self, store: str, export: str, folder: str) -> None:
        """Open the store and read the export's row."""
        self._store = Store(Path(store))
        self._folder = Path(folder)
        self._job = Job(self._store, get(self._store.db, export))
        self._runs: list[Run] = self._job.reader.plan(self._job.request.shard_size)
        self._documents = self._job.layout()

    def __call__(self, shard: int) -> None:
        """Write a shard to its place; one that is there whole is left as it is."""
        folder = _shard(self._folder, shard)
        if (folder / COUNTS).exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        with closing(Stage(folder, self._documents, self._folder / TREE)) as stage:
            self._job.run(self._runs[shard], stage)
            stage.finish(self._job.reckoning())


def start(store: str, export: str, folder: str) -> Worker:
    """Begin in a fresh process."""
    return Worker(store, export, folder)


def _shard(folder: Path, shard: int) -> Path:
    return folder / "shards" / f"{shard:06d}"


def _receipt(app: App, row: ExportRow) -> Receipt:
    now = app.now()
    seconds = (now - row.created_at) / 1e6
    return Receipt(row.id, rfc3339(row.created_at), rfc3339(now), row.actor, row.destination, seconds)
