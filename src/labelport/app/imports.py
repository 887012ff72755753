"""Import: files of a format become tasks; what is faulty is put aside and told, and the counts close."""

import mimetypes
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from labelport.api import CreateProject, ImportFiles, ImportReport, PutMember, Rejected
from labelport.app import projects
from labelport.app.beside import Fragmenter
from labelport.app.changes import put_member
from labelport.app.checking import Checker
from labelport.app.context import App, Progress
from labelport.app.media import Media
from labelport.errors import Fault, IntegrityError, InvalidError, NotFoundError, RequestError
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.model.ontology import Ontology
from labelport.model.record import Record, without_visited
from labelport.model.workflow import Batch, Member
from labelport.registry import format_named
from labelport.store.locks import held, is_held
from labelport.store.log import head
from labelport.store.store import Project
from labelport.store.tasks import Change, Saved

AT_ONCE = 500
"""Records in one change."""
NAMED = 100
OURS = "import-"
"""What the staging folders of imports begin with."""
ZIP = b"PK\x03\x04"
"""How a zip archive begins (APPNOTE.TXT, 4.3.7)."""
_encode = msgspec.json.Encoder().encode


class Tally(msgspec.Struct):
    """The import's account while it runs."""

    records: int = 0
    created: int = 0
    changed: int = 0
    annotations: int = 0
    rejected_records: int = 0
    rejected_annotations: int = 0
    found_records: int = 0
    found_annotations: int = 0
    rejected: list[Rejected] = []
    unread: dict[str, int] = {}


def take(app: App, ask: ImportFiles) -> ImportReport:
    """Import; the same files again change nothing, and changed files only what changed."""
    format_ = format_named(ask.format)
    if format_.decode is None:
        raise RequestError(f"format {ask.format!r} can only be exported")
    inputs = list(_inputs(ask.paths))
    named = {Path(path).name for path in ask.paths if Path(path).is_file()}
    media = Media.at(ask.media, ask.media_mode, app.store)
    run = _Import(app, _project(app, ask.project), media, typed=format_.typed)
    run.named = {given.path: given for given in inputs if given.path in named}
    with _alive(app.store.folder, run.name), run.quarantine, closing(run.fragmenter):
        items = format_.decode(inputs)
        while batch := list(islice(items, AT_ONCE)):
            run.take(batch)
            app.progress(Progress("import", run.tally.records, unit="records"))
        run.fragmenter.finish(app.store)
    return run.report()


@contextmanager
def _alive(space: Path, name: str) -> Iterator[None]:
    """Hold the lock of an import, and sweep up what killed ones left."""
    locks = space / "locks"
    for folder in (space / "staging").glob(f"{OURS}*"):
        if not is_held(locks / folder.name):
            shutil.rmtree(folder, ignore_errors=True)
            (locks / folder.name).unlink(missing_ok=True)
    lock = locks / f"{OURS}{name}"
    try:
        with held(lock, "an import"):
            yield
    finally:
        lock.unlink(missing_ok=True)


class _Import:
    """One import at work."""

    def __init__(self, app: App, project: Project, media: Media, *, typed: bool) -> None:
        self.app, self.project, self.media, self.typed = app, project, media, typed
        self.tally = Tally()
        self.number = 0
        self._rejects: dict[str, tuple[int, int]] = {}
        self._counted: set[str] = set()
        self.named: dict[str, Input] = {}
        self.fence = head(app.store.db, project.log).number
        self.name = app.new_id()
        self.quarantine = _Quarantine(app.store.folder / "quarantine" / f"{self.name}.ndjson")
        self.fragmenter = Fragmenter(app.store.folder / "staging" / f"{OURS}{self.name}", app.workers)

    def take(self, items: list[Item]) -> None:
        """Take a batch of what the decoder yields, in one change."""
        members: list[Member] = []
        with self.app.store.change(self.project, actor=self.app.actor, at=self.app.now()) as change:
            saved: list[Saved] = []
            checker = Checker(items, typed=self.typed)
            for item in items:
                match item:
                    case Record():
                        self._record(change, item, checker, saved)
                    case Ontology():
                        change.names.define(item)
                    case Batch(id_, name):
                        change.names.rename("batch", id_, name)
                    case Member():
                        members.append(item)
                    case Reject() | Unread() | Counted():
                        self._account(item)
            self.fragmenter.keep(change, saved)
            self.number = change.number if change.wrote else self.number
        for member in members:
            put_member(self.app, PutMember(member))

    def _strange(self, file: str) -> str:
        """Return why a file that was handed in by its name is not read."""
        with self.named[file].open() as opened:
            if opened.read(4) == ZIP:
                return "is a zip archive: unpack it, and hand in the folder"
        return "is no file of this format, and nothing of it was read"

    def report(self) -> ImportReport:
        """Return the account; raises `IntegrityError` where the input holds more than was taken and rejected.

        What was rejected of a file that could not even be counted stands beside that reckoning.
        """
        tally = self.tally
        beside = [counts for file, counts in self._rejects.items() if file not in self._counted]
        for i, name in enumerate(("records", "annotations")):
            found = getattr(tally, f"found_{name}")
            told = getattr(tally, name) + getattr(tally, f"rejected_{name}") - sum(counts[i] for counts in beside)
            if found and found != told:
                raise IntegrityError(f"the input holds {found} {name}, {told} are accounted for")
        return ImportReport(
            project=self.project.id,
            records=tally.records,
            created=tally.created,
            changed=tally.changed,
            unchanged=tally.records - tally.created - tally.changed,
            annotations=tally.annotations,
            rejected_records=tally.rejected_records,
            rejected_annotations=tally.rejected_annotations,
            rejected=tuple(tally.rejected),
            unread=dict(sorted(tally.unread.items())),
            number=self.number,
            quarantine=str(self.quarantine.path) if tally.rejected else None,
            media_missing=self.media.missing,
        )

    def _record(self, change: Change, record: Record, checker: Checker, saved: list[Saved]) -> None:
        """Store a record, or put it aside with everything that is wrong with it."""
        annotations = sum(len(label.annotations) + len(label.tracks) for label in record.labels)
        try:
            record, wrong = checker.checked(self.media.seen(record))
            if wrong:
                self._reject(Rejected("", record.id, tuple(wrong), annotations), records=1)
                return
            stored = change.save(without_visited(record, numbers="dropped"), fence=self.fence)
        except InvalidError as e:
            self._reject(Rejected("", record.id, e.faults, annotations), records=1)
            return
        self.tally.records += 1
        self.tally.annotations += annotations
        if stored is not None:
            saved.append(stored)
            self.tally.created += stored.created
            self.tally.changed += not stored.created

    def _account(self, item: Reject | Unread | Counted) -> None:
        match item:
            case Reject(file, record, wrong, annotations, records):
                before = self._rejects.get(file, (0, 0))
                self._rejects[file] = (before[0] + records, before[1] + annotations)
                self._reject(Rejected(file, record, wrong, annotations), records=records)
            case Unread(file, "$", _) if file in self.named:
                self._account(Reject(file, "$", (Fault("$", self._strange(file)),)))
            case Unread(file, path, count):
                key = path if path != "$" else _called(file)
                self.tally.unread[key] = self.tally.unread.get(key, 0) + count
            case Counted(file, records, annotations):
                self._counted.add(file)
                self.tally.found_records += records
                self.tally.found_annotations += annotations

    def _reject(self, rejected: Rejected, *, records: int) -> None:
        self.tally.rejected_records += records
        self.tally.rejected_annotations += rejected.annotations
        self.quarantine.add(rejected)
        if len(self.tally.rejected) < NAMED:
            self.tally.rejected.append(rejected)


class _Quarantine:
    """The file of everything that was rejected; there is none where nothing was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[bytes] = []

    def add(self, rejected: Rejected) -> None:
        self._lines.append(_encode(rejected) + b"\n")
        if len(self._lines) >= NAMED:
            self._write()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def _write(self) -> None:
        if self._lines:
            self.path.parent.mkdir(exist_ok=True)
            with self.path.open("ab") as file:
                file.writelines(self._lines)
            self._lines.clear()


def _project(app: App, name: str) -> Project:
    """Return the project, made when it is not there."""
    try:
        return app.store.project(name)
    except NotFoundError:
        return app.store.project(projects.create(app, CreateProject(name)).id)


def _inputs(paths: tuple[str, ...]) -> Iterator[Input]:
    for name in paths:
        path = Path(name)
        if path.is_dir():
            for file in sorted(file for file in path.rglob("*") if file.is_file()):
                yield Input(file.relative_to(path).as_posix(), _opener(file))
        elif path.is_file():
            yield Input(path.name, _opener(path))
        else:
            raise NotFoundError(f"no file or folder at {name!r}")


def _called(file: str) -> str:
    """Return what a file that was not read is called in the report: media by their kind alone, for they are many."""
    kind = mimetypes.guess_type(file)[0] or ""
    return f"files *{Path(file).suffix}" if kind.startswith(("image/", "video/", "audio/")) else f"file {file}"


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")
