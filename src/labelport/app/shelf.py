"""What may be read beside the log: blobs, copies of media that imports made, files of folders that they link to."""

import re
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from labelport.app.media import folders
from labelport.errors import NotFoundError
from labelport.model.asset import Asset
from labelport.store.store import Store

_SHA256 = re.compile("[0-9a-f]{64}")


class Shelf:
    """Where the blobs and the media of a workspace lie."""

    def __init__(self, store: Store) -> None:
        """Read from the store, and from folders that imports were told of."""
        self._blobs = store.blobs
        self._folders = folders(store.folder)

    def file(self, asset: Asset) -> Path:
        """Return where a medium lies; raises `NotFoundError` with the reason where it cannot be had."""
        if asset.uri is None:
            raise NotFoundError("the task names no file")
        place = urlsplit(asset.uri)
        if place.scheme == "blob" and _SHA256.fullmatch(place.path):
            file = self._blobs.path(place.path)
        elif place.scheme == "file":
            file = Path(unquote(place.path)).resolve()
            if not any(file.is_relative_to(folder) for folder in self._folders):
                raise NotFoundError("it lies in no folder that an import was given as --media")
        else:
            raise NotFoundError("it is no file here: import with --media")
        if not file.is_file():
            raise NotFoundError("the file is gone")
        if asset.bytes is not None and asset.bytes != file.stat().st_size:
            raise NotFoundError("the file is not the one that was imported: its size is another")
        return file

    def open(self, asset: Asset) -> BinaryIO:
        """Open a medium for reading; raises `NotFoundError` as `file` does."""
        return self.file(asset).open("rb")

    def blob(self, sha256: str) -> bytes:
        """Return the bytes of a blob; raises `NotFoundError`."""
        return self._blobs.read(sha256)
