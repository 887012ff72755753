"""A destination that is one zip archive: written in a stream, under its name only when it is whole."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from labelport.errors import ConflictError, IntegrityError, NotFoundError
from labelport.kit.destination import Mode, safe
from labelport.kit.disk import publish, sync

LEVEL = 3
"""Of zlib: twice as fast as the usual 6, on JSON a tenth larger."""
COMPRESSED = (".gz", ".jpg", ".jpeg", ".mp4", ".png", ".webp", ".zip", ".zst")
SMALL = 1 << 20
"""Members of so many bytes and more have room for sizes of Zip64, which cannot be known before they are written."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that the same contents are the same archive."""


class Zip:
    """Keeps files as members of an archive (Zip64 where it must be), which is written once and then only read."""

    def __init__(self, path: Path, scratch: Path | None = None) -> None:
        """Write in the folder `scratch`, which is on the same disk, or beside the archive that is to be."""
        self.path = path
        self._scratch = scratch or path.parent
        self._part: Path | None = None
        self._archive: ZipFile | None = None

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        """Append a member; raises `ConflictError` where the archive is finished, or has the path."""
        del mode  # nothing in an archive is replaced
        archive = self._open()
        if safe(path) in archive.NameToInfo:
            raise ConflictError(f"{path!r} is in the archive already, and a member of an archive is not replaced")
        info = ZipInfo(path, _EPOCH)
        info.compress_type = ZIP_STORED if path.endswith(COMPRESSED) else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        left = iter(chunks)
        head = _head(left)
        start = archive.start_dir
        try:
            with archive.open(info, "w", force_zip64=len(head) >= SMALL) as member:
                member.write(head)
                for chunk in left:
                    member.write(chunk)
        except BaseException:
            self._forget(archive, info, start)
            raise

    def flush(self) -> None:
        """Make what was written durable; none of it is under its name yet."""
        if self._archive is not None and self._archive.fp is not None:
            self._archive.fp.flush()
            os.fsync(self._archive.fp.fileno())

    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        """Append the last member, finish the archive and give it its name."""
        self.put(path, chunks, "create")
        archive, part = self._open(), cast("Path", self._part)  # `_open` made both
        archive.close()
        sync(part)
        try:
            publish(part, self.path)
        except FileExistsError as e:
            raise ConflictError(f"{str(self.path)!r} appeared meanwhile") from e
        sync(self.path.parent)
        self._archive = self._part = None

    def get(self, path: str) -> BinaryIO:
        """Open a member of the finished archive."""
        archive = self._read()
        try:
            return cast("BinaryIO", archive.open(path))  # typed as IO[bytes]
        except KeyError as e:
            archive.close()
            raise NotFoundError(f"no file at {path!r} in {str(self.path)!r}") from e

    def list(self) -> Iterator[str]:
        """Yield every path of the finished archive, sorted."""
        if self.path.exists():
            with self._read() as archive:
                yield from sorted(archive.namelist())

    def delete(self, path: str) -> None:
        """Refuse: an archive is written once."""
        if path not in self.list():
            raise NotFoundError(f"no file at {path!r} in {str(self.path)!r}")
        raise ConflictError(f"{path!r} is in an archive: nothing is deleted from it")

    def _open(self) -> ZipFile:
        if self._archive is None:
            if self.path.exists():
                raise ConflictError(f"{str(self.path)!r} exists: name another archive, or remove it first")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._part = self._scratch / f".{uuid4().hex}.zip"
            self._archive = ZipFile(self._part, "w", allowZip64=True, compresslevel=LEVEL)
        return self._archive

    def _read(self) -> ZipFile:
        try:
            return ZipFile(self.path)
        except FileNotFoundError as e:
            raise NotFoundError(f"no archive at {str(self.path)!r}") from e
        except BadZipFile as e:
            raise IntegrityError(f"{str(self.path)!r} is no zip archive: {e}") from e

    def _forget(self, archive: ZipFile, info: ZipInfo, start: int) -> None:
        """Cut a broken member off again."""
        if info in archive.filelist:
            archive.filelist.remove(info)
            del archive.NameToInfo[info.filename]
        if archive.fp is not None:
            archive.fp.seek(start)
            archive.fp.truncate()
        archive.start_dir = start


def _head(chunks: Iterator[bytes]) -> bytes:
    """Return the first chunks, as many as tell a small member from a large one."""
    held: list[bytes] = []
    size = 0
    while size < SMALL and (chunk := next(chunks, None)) is not None:
        held.append(chunk)
        size += len(chunk)
    return b"".join(held)
