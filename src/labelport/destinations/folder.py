"""A destination on a file system: files appear by a rename, whole."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from labelport.errors import ConflictError, DeniedError, LabelportError, NotFoundError, RequestError
from labelport.kit.destination import Mode, safe
from labelport.kit.disk import publish, sync

INCOMING = ".incoming"
"""Where files are written before they appear; `seal` removes it, with what killed writers left in it."""
OWNER = "owner"
"""The file in it that says whose the folder is until then."""
FEW = 16
"""Up to so many files are made durable one by one; more of them, at once (Linux)."""
CHUNK = 1 << 20
MANY = 10_000
"""So many files wait for `flush` at most."""


class Folder:
    """Keeps files below a root, which is made when the first file comes.

    New files are made durable together by `flush` (fsync for each of many small files costs five times the writing);
    a file that replaces another is made durable before it does.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._parts = (root / INCOMING / f"{uuid4().hex}-{number}" for number in count())
        self._inside: set[Path] = set()
        self._volatile: set[Path] = set()
        self._adopted: list[Path] = []

    def claim(self, owner: str) -> None:
        """Take the folder: whoever creates the mark first has it."""
        mark = self.root / INCOMING / OWNER
        self._enter(INCOMING, mark.parent)
        try:
            with mark.open("x") as file:
                file.write(owner)
        except FileExistsError as e:
            if mark.read_text() != owner:
                raise ConflictError(
                    f"another export is on its way to {str(self.root)!r}: wait for it, or remove a folder that was "
                    "given up"
                ) from e
        else:
            if next(self.list(), None) is not None:
                mark.unlink()
                raise ConflictError(f"{str(self.root)!r} was filled by another export meanwhile: name another place")

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        """Store the chunks as the file at `path`."""
        target, part = self._target(path), self._part()
        try:
            _write(part, chunks)
            self._show(part, target, mode)
        finally:
            part.unlink(missing_ok=True)

    def adopt(self, path: str, file: Path, mode: Mode = "replace") -> None:
        """Give a finished local file the name `path`, in one step; it is copied only between file systems."""
        target = self._target(path)
        with _translated(path):
            movable = file.stat().st_dev == target.parent.stat().st_dev
        if movable:
            self._show(file, target, mode)
        else:
            self.put(path, _chunks(file), mode)
            file.unlink()

    def adopt_folder(self, path: str, folder: Path) -> bool:
        """Take a local folder of the same disk over, where there is none yet."""
        target = self._target(path)
        with _translated(path):
            if os.path.lexists(target) or folder.stat().st_dev != target.parent.stat().st_dev:
                return False
            folder.rename(target)
        self._note(target.parent)
        self._adopted.append(target)
        return True

    def flush(self) -> None:
        """Return when all files that were put, and their names, are durable."""
        if (self._adopted or len(self._volatile) > FEW) and sys.platform == "linux":
            os.sync()
        else:
            for place in self._volatile.union(*(folder.rglob("*") for folder in self._adopted), self._adopted):
                sync(place)
        self._volatile.clear()
        self._adopted.clear()

    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        """Create the last file when all others are durable."""
        self.flush()
        self.put(path, chunks, "create")
        self.flush()
        shutil.rmtree(self.root / INCOMING)
        self._inside.clear()

    def get(self, path: str) -> BinaryIO:
        """Open the file."""
        with _translated(path):
            return self._existing(path).open("rb")

    def list(self) -> Iterator[str]:
        """Yield every path, sorted."""
        return _below(self.root, "") if self.root.is_dir() else iter(())

    def delete(self, path: str) -> None:
        """Remove the file."""
        place = self._existing(path)
        with _translated(path):
            place.unlink()
        self._note(place.parent)

    def _target(self, path: str) -> Path:
        target = self.root / safe(path)
        if path.split("/", 1)[0] == INCOMING:
            raise RequestError(f"path {path!r}: {INCOMING!r} is where files wait; take another name")
        if target.parent not in self._inside:
            self._enter(path, target.parent)
        return target

    def _enter(self, path: str, folder: Path) -> None:
        """Make a folder that is proven to lie below the root, and remember it."""
        _check(self.root, folder, path)
        with _translated(path):
            folder.mkdir(parents=True, exist_ok=True)
        if len(self._inside) >= MANY:
            self._inside.clear()
        self._inside.add(folder)
        for above in (folder, *folder.parents):
            self._note(above)
            if above == self.root.parent:
                break

    def _existing(self, path: str) -> Path:
        place = self.root / safe(path)
        _check(self.root, place, path)
        below = len(Path(path).parts)
        if any(part.is_symlink() for part in (place, *place.parents[: below - 1])):
            raise RequestError(f"path {path!r} in {str(self.root)!r} is a symbolic link, and links are not followed")
        if not place.is_file():
            raise NotFoundError(f"no file at {path!r} in {str(self.root)!r}")
        return place

    def _part(self) -> Path:
        part = next(self._parts)
        if part.parent not in self._inside:
            self._enter(INCOMING, part.parent)
        return part

    def _show(self, part: Path, target: Path, mode: Mode) -> None:
        """Give a written file its name."""
        with _translated(str(target)):
            if mode == "create":
                publish(part, target)
            else:
                if target.exists():
                    sync(part)
                part.replace(target)
        self._note(target, target.parent)

    def _note(self, *places: Path) -> None:
        self._volatile.update(places)
        if len(self._volatile) >= MANY:
            self.flush()


def _write(part: Path, chunks: Iterable[bytes]) -> None:
    with _translated(str(part)):
        file = part.open("xb")
    with file:
        for chunk in chunks:
            with _translated(str(part)):
                file.write(chunk)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


def _check(root: Path, place: Path, path: str) -> None:
    if not place.resolve().is_relative_to(root.resolve()):
        raise RequestError(f"path {path!r} leaves {str(root)!r} by a symbolic link")


def _below(folder: Path, prefix: str) -> Iterator[str]:
    """Yield the files below a folder in the order of their whole paths; links are not followed."""
    with os.scandir(folder) as entries:
        found = sorted((f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name) for entry in entries)
    for name in found:
        if not name.endswith("/"):
            yield prefix + name
        elif prefix + name != f"{INCOMING}/":
            yield from _below(folder / name, prefix + name)


@contextmanager
def _translated(path: str) -> Iterator[None]:
    """Raise what the file system says as our own errors."""
    try:
        yield
    except FileNotFoundError as e:
        raise NotFoundError(f"no file at {path!r}") from e
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as e:
        raise ConflictError(f"{path!r} cannot be made: {e.strerror}") from e
    except PermissionError as e:
        raise DeniedError(f"{path!r}: {e.strerror}; choose a place that may be written to") from e
    except OSError as e:
        raise LabelportError(f"{path!r}: {e.strerror}") from e
