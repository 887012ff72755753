"""What an author of a format imports: a format says what it carries and turns records into rows or files.

An encoder is pure and sees one record at a time, fitted to what the format carries; it skips nothing in silence. What
it yields for a record does not depend on other records, so shards run anywhere and their output is joined in order.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Literal

import msgspec

from labelport.errors import Fault, InvalidError, NotFoundError
from labelport.model.export import Carries, State
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.model.workflow import Batch, Member
from labelport.shapes.frames import Wanted

FILES = "files"
"""The name in `Format.holds` for whole files."""
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises over bytes that are no JSON, no UTF-8, not the value that is wanted, or nested without end."""
EVERYTHING = Carries(kinds=frozenset({"*"}), features=frozenset({"*"}))
"""What the native formats carry: `*` stands for every kind and every feature."""


class File(msgspec.Struct, frozen=True):
    """A whole file to deliver: its relative path and bytes."""

    path: str
    data: bytes


class Row(msgspec.Struct, frozen=True):
    """One or several elements of a document's section, joined by its separator, none at the ends."""

    section: str
    data: bytes


class Lost(msgspec.Struct, frozen=True):
    """An object of a record that, as drawing shows, is changed in what was made of it, or is not there.

    `what` is its kind as the loss report has it, `keyframe of K` for what a track is in one frame, or a feature that it
    loses (`fidelity.FEATURES`). An encoder yields it where no look at the kind alone could tell, such as of a shape
    that others lie upon.
    """

    what: str
    fate: Literal["converted", "dropped"]
    how: str


class Section(msgspec.Struct, frozen=True):
    """A growing run of elements inside a document.

    Neither the separator nor its last byte stands inside an element, so that elements can be counted in the bytes (for
    CSV, where CR LF may stand between quotes, `quoted` says so).
    """

    name: str
    separator: bytes
    terminated: bool = False
    quoted: bool = False


class Seal(msgspec.Struct, frozen=True):
    """How elements become a file that their bytes, joined, are not: a table of columns, an archive.

    Elements are staged joined, as everywhere, and counted so; `close` is given them in order when the file is full or
    the delivery ends, and yields the bytes of the file; `open` gives the very elements back. Both stream.
    """

    close: Callable[[Iterator[bytes]], Iterator[bytes]]
    open: Callable[[BinaryIO], Iterator[bytes]]


class Document(msgspec.Struct, frozen=True):
    """A file that is put together from fixed bytes and sections, in this order.

    `rows` or `size` cut the (only) section into several files, counted over the whole delivery and not by shard:
    a file ends before the element that would be one too many, or would take it over `size` bytes (fixed bytes and
    separators included); it holds one element at least, and without any element there is one file. `path` then holds
    `{part}` for `str.format`, counted from 0. A document with a `seal` has one section and nothing else; its `size`
    is counted over the elements, joined.
    """

    path: str
    parts: tuple[bytes | Section, ...]
    rows: int | None = None
    size: int | None = None
    seal: Seal | None = None


class Made(msgspec.Struct, frozen=True):
    """A finished document: its path within its part of a split, its size and SHA-256, and how to open it."""

    path: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]


def no_blobs(sha256: str) -> bytes:
    """Return no blob: what an encoder gets where nothing keeps any."""
    raise NotFoundError(f"no blob {sha256}")


class Context(msgspec.Struct, frozen=True):
    """What is known before a record arrives: the classes of the delivery, options, which frames of tracks are wanted.

    `classes` are in an order that stays: those that come later in a project's life are behind, whatever their numbers
    are, so that a format may tell a class by its place.
    `frames` is what `shapes.frames` takes: a word, or the step of the record's asset where one frame in so many is
    wanted. Where the delivery is split, `parts` are the names of its parts and `part` that of the record.
    `media` says whether copies of the media come with the delivery. `blob` gives the bytes of a blob by its SHA-256,
    and raises `NotFoundError`. `medium` opens that of the record, for a format that `looks`; it raises `NotFoundError`
    where it cannot be had, and is None where no media are at hand.
    """

    classes: tuple[LabelClass, ...]
    options: Mapping[str, Any] = {}
    frames: Wanted = "keyframes"
    parts: tuple[str, ...] = ()
    part: str = ""
    media: bool = False
    blob: Callable[[str], bytes] = no_blobs
    medium: Callable[[], BinaryIO] | None = None


class Stored(msgspec.Struct, frozen=True):
    """A selected task as its stored bytes, for formats that join bytes: the native JSON line and its labels' fragments.

    `line` is empty for a format that makes fragments: those are all it needs.
    """

    number: int
    id: str
    name: str
    path: str
    uri: str | None
    width: int | None
    height: int | None
    state: State
    annotations: int
    line: bytes
    fragments: tuple[bytes, ...] = ()


Encode = Callable[[Record, Context], Iterable[Row | File | Lost]]
Splice = Callable[[Stored, Context], Iterable[Row | File] | None]
"""Does what an encoder does from stored bytes; None where the encoder has to, as something would be lost."""


class Borrowed(msgspec.Struct, frozen=True):
    """Fragments of another format, `of`, that `splice` reads of labels of which none of the facts `unless` holds.

    `files` says how many whole files it makes of a task of which so many objects are carried, by the facts.
    """

    of: str
    unless: frozenset[str]
    files: Callable[[Stored, int], int]


class Input(msgspec.Struct, frozen=True):
    """A file to import: its name relative to what was asked for, and how to open it (binary, from the start)."""

    path: str
    open: Callable[[], BinaryIO]

    def read(self) -> bytes:
        """Return all bytes; for formats that are one document."""
        with self.open() as file:
            return file.read()

    def text(self) -> str:
        """Return all text, without a byte order mark; raises `InvalidError` where it is not UTF-8."""
        try:
            return self.read().decode("utf-8-sig")
        except UnicodeDecodeError as e:
            raise broken(self.path, f"is not UTF-8: {e}") from e


class Reject(msgspec.Struct, frozen=True):
    """Something in the input that cannot be taken: which record (or part of it), and why.

    `records` is 0 where only a part is lost and the record itself is taken; `annotations` counts what goes with it.
    """

    file: str
    record: str
    faults: tuple[Fault, ...]
    annotations: int = 0
    records: int = 1


def broken(path: str, *reasons: str) -> InvalidError:
    """Return the error for a file that cannot be read at all."""
    return InvalidError(f"file {path!r}", [Fault("$", reason) for reason in reasons])


def refused(file: Input, error: InvalidError) -> Reject:
    """Return the whole file as rejected; it never sinks the others."""
    return Reject(file.path, "$", error.faults)


class Unread(msgspec.Struct, frozen=True):
    """A key of the input that the importer has no place for, as a path pattern such as `$.images[].license`."""

    file: str
    path: str
    count: int


class Counted(msgspec.Struct, frozen=True):
    """How many records and annotations the input holds by its own count; the import's counts must close on it."""

    file: str
    records: int
    annotations: int


class Blob(msgspec.Struct, frozen=True):
    """A large value, such as a label volume, that records name by its SHA-256; it is stored when it comes."""

    data: bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


Entry = Ontology | Batch | Member | Record | Reject | Unread | Counted
Item = Entry | Blob
"""What a decoder yields: classes and blobs before the records that use them, in any other order."""
Decode = Callable[[Iterable[Input]], Iterator[Item]]


Unit = Literal["task", "annotation", "shape_or_empty"]
"""What one element of a section stands for.

`task`: a task. `annotation`: an annotation or a track. `shape_or_empty`: an annotation, a keyframe, a track without
keyframes, a label without annotations and tracks, or a task without labels.
"""


class Format(msgspec.Struct, frozen=True):
    """A format: what it carries, where its rows go, and pure functions from records to rows and back.

    `documents` lays out the files that rows go into; formats that yield only `File`s have none. `once` makes the
    files that depend on no record, `last` those that tell of the finished documents.
    `splice` does what `encode` does from stored bytes (the suite holds them to the
    same bytes). `fragment` makes, when labels are stored, bytes that `splice` finds in `Stored.fragments`, one for
    each label of the task; it gets records of one label each, many at once, and answers None where `encode` must be
    used. A format without fragments of its own may borrow those of another (`borrows`). `version` is raised when its
    bytes change. `options` is the Struct of the format's options.
    `typed` says that what `decode` yields came through a typed decoder, so that only the rules are left to check.
    `merges` says that several annotations of a task may come back as one, since only pixels or lines are written.
    `number` reads the number of its task out of an element of a section, which deltas are folded by.
    `holds` says what the rows of each section are (and, under `FILES`, what whole files are where there are no
    documents), so that they can be counted against the ledger; `count` says how many `encode` gives in each section,
    where that depends on more (frames of tracks). `found` says how many records and annotations `decode` finds of a
    record, but for what drawing drops, where that is not the one with all that it carries. `parts` says where those of
    a split are: each in a folder of its own, laid out as a whole delivery (`folders`), or where the format puts each
    record by `context.part`, in one layout for all (`own`). `place` gives the path of a copy of a task's medium by the
    task's path and the context; formats that do not care have them in `media/`, shared. `locate` gives it by what is
    said of the task, or None where that says nothing. `looks` says that `encode` looks at media.
    """

    title: str
    carries: Carries = Carries(frozenset())
    encode: Encode | None = None
    documents: Callable[[Context], tuple[Document, ...]] | None = None
    once: Callable[[Context], Iterable[File]] | None = None
    last: Callable[[Sequence[Made], Context], Iterable[File]] | None = None
    splice: Splice | None = None
    fragment: Callable[[Sequence[Record]], Sequence[bytes | None]] | None = None
    borrows: Borrowed | None = None
    version: int = 1
    options: type[msgspec.Struct] | None = None
    decode: Decode | None = None
    typed: bool = False
    merges: bool = False
    holds: Mapping[str, Unit] = {}
    number: Callable[[str, bytes], int] | None = None
    count: Callable[[Record, Context], Mapping[str, int]] | None = None
    found: Callable[[Record, Context], tuple[int, int]] | None = None
    parts: Literal["folders", "own"] = "folders"
    place: Callable[[str, Context], str] | None = None
    locate: Callable[[Record, Context], str | None] | None = None
    looks: bool = False


def stem(path: str) -> str:
    """Return a path without the extension of its last name; a leading dot begins no extension."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name[: name.rfind('.')] if name.rfind('.') > 0 else name}"
