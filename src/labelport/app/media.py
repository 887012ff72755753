"""The media of an import: found by name in a folder, linked or copied, and looked at for their true size."""

import mimetypes
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from labelport.app.growing import chunks, write_whole
from labelport.errors import Fault, InvalidError, NotFoundError
from labelport.kit.images import sizes
from labelport.model.asset import Asset
from labelport.model.record import Record
from labelport.store.blobs import Blobs
from labelport.store.store import Store

FOLDERS = "media-folders.json"


class Media:
    """Looks for the media of records; without a folder it looks nowhere, and never outside of it."""

    def __init__(self, folder: Path | None, mode: Literal["link", "copy"], blobs: Blobs) -> None:
        """Look at nothing yet."""
        self._mode, self._blobs = mode, blobs
        self._folder = folder
        self._root = folder.resolve() if folder is not None else None
        self.missing = 0

    @cached_property
    def _by_name(self) -> dict[str, Path]:
        """The folder's files by their names, listed when a record first does not say where its file lies."""
        found: dict[str, Path] = {}
        for file in self._folder.rglob("*") if self._folder else ():
            if self._is_ours(file) and file < found.get(file.name, file / "later"):
                found[file.name] = file
        return found

    @classmethod
    def at(cls, folder: str | None, mode: Literal["link", "copy"], store: Store) -> "Media":
        """Return the media of a folder; raises `NotFoundError` where there is none."""
        path = None if folder is None else Path(folder).absolute()
        if path is not None and not path.is_dir():
            raise NotFoundError(f"no folder at {folder!r} to take media from")
        if path is not None and mode == "link":
            _remember(store.folder, path)
        return cls(path, mode, store.blobs)

    def seen(self, record: Record) -> Record:
        """Return the record with its asset as the file shows it; raises `InvalidError` where they contradict."""
        if self._folder is None:
            return record
        file = self._find(record)
        if file is None:
            self.missing += 1
            return record
        return msgspec.structs.replace(record, asset=self._taken(_looked_at(record.asset, file), file))

    def _find(self, record: Record) -> Path | None:
        for text in (record.asset.uri, record.name):
            if not text:
                continue
            path = PurePosixPath(unquote(urlsplit(text).path) if "://" in text else text)
            exact = self._inside(path)
            if exact is not None:
                return exact
            if path.name in self._by_name:
                return self._by_name[path.name]
        return None

    def _inside(self, path: PurePosixPath) -> Path | None:
        if self._folder is None or path.is_absolute() or ".." in path.parts:
            return None
        place = self._folder / path
        return place if self._is_ours(place) else None

    def _is_ours(self, file: Path) -> bool:
        """Whether it is a file that lies below the folder, and not behind a link that leads out of it."""
        return file.is_file() and self._root is not None and file.resolve().is_relative_to(self._root)

    def _taken(self, asset: Asset, file: Path) -> Asset:
        mime = mimetypes.guess_type(file.name)[0] or asset.mime
        if self._mode == "link":
            return msgspec.structs.replace(asset, uri=file.as_uri(), mime=mime, bytes=file.stat().st_size)
        sha256 = self._blobs.put(chunks(file))
        return msgspec.structs.replace(asset, uri=f"blob:{sha256}", mime=mime, bytes=file.stat().st_size, sha256=sha256)


def folders(workspace: Path) -> tuple[Path, ...]:
    """Return the folders whose files may be delivered: those that imports were told to link to, and no others.

    A record may name any file of the machine; what it names elsewhere is not read.
    """
    try:
        found = msgspec.json.decode((workspace / FOLDERS).read_bytes(), type=list[str])
    except FileNotFoundError:
        return ()
    return tuple(Path(folder).resolve() for folder in found)


def _remember(workspace: Path, folder: Path) -> None:
    known = {str(one) for one in folders(workspace)}
    if str(folder.resolve()) not in known:
        write_whole(workspace / FOLDERS, msgspec.json.encode(sorted({*known, str(folder.resolve())})))


def _looked_at(asset: Asset, file: Path) -> Asset:
    """Return an image's asset with its raw and displayed size."""
    if asset.kind != "image":
        return asset
    try:
        shown, raw, turn = sizes(file)
    except ValueError as e:
        raise InvalidError(f"{file.name!r}", [Fault("$.asset", str(e))]) from e
    said = (asset.width, asset.height)
    if None not in said and said != shown:
        reason = f"the record says {said[0]} x {said[1]}, the picture shows {shown[0]} x {shown[1]}"
        raise InvalidError(f"{file.name!r}", [Fault("$.asset", f"{reason} (EXIF orientation {turn})")])
    return msgspec.structs.replace(
        asset, width=shown[0], height=shown[1], raw_width=raw[0], raw_height=raw[1], orientation=turn
    )
