"""Copies of media in a delivery: taken from where an import saw them, counted, and kept where a delta need not."""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from labelport.app.growing import chunks
from labelport.app.media import folders
from labelport.app.reckoning import Account
from labelport.app.splitting import Splitting
from labelport.errors import NotFoundError
from labelport.kit.format import FILES
from labelport.kit.images import ORIENTATION
from labelport.model.asset import Asset
from labelport.store.exports import ExportRow
from labelport.store.reads import Found, Reader, Run
from labelport.store.store import Store

KEPT, WITHOUT = "kept", "without"
"""What is counted beside copies."""
MISSING = "missing: "
"""How the cell of a medium begins that could not be copied; paths hold no colon."""
WRITTEN_OUT = frozenset({"text", "conversation", "html", "geo"})
"""Assets that may have no medium: a record holds all of them."""
QUALITY = 95
_SHA256 = re.compile("[0-9a-f]{64}")
Copy = Callable[[str, Iterable[bytes], int], None]


class _Task(msgspec.Struct, frozen=True):
    asset: Asset


_decode = msgspec.json.Decoder(_Task).decode


class Copies:
    """Copies the media of one export's tasks."""

    def __init__(
        self, store: Store, row: ExportRow, splitting: Splitting | None, *, places: Literal["fixed", "by class"]
    ) -> None:
        """Read from the store, and from folders that imports were told of; `places` says what a copy's hangs on."""
        self._places = places
        self._blobs = store.blobs
        self._folders = folders(store.folder)
        self._is_upright = row.request.media == "upright"
        self._account = Account()
        self._splitting = self._splitting_before = splitting
        self._before: Reader | None = None
        if row.base is not None:
            self._before = Reader(store.db, row.log, row.request, base=None, cut=row.base)
            if row.request.split:
                self._splitting_before = Splitting(row.request.split, store.db, row.log, row.base)

    def copy(self, found: Found, part: str, places: tuple[str, ...], to: Copy) -> str:
        """Copy a task's medium to these places; return the first of them, or why there is none, for `items.csv`."""
        stored = found.stored
        asset = _decode(stored.line).asset
        if asset.uri is None and asset.kind in WRITTEN_OUT:
            self._account.expect(WITHOUT, 1)
            return ""
        try:
            file = self._file(asset)
            if self._is_kept(found, part):
                self._account.expect(KEPT, 1)
            else:
                for place in places:
                    to(place, self._bytes(asset, file), stored.number)
                    self._account.expect(FILES, 1)
        except NotFoundError as e:
            self._account.select(0)
            self._account.skip(stored.id, 0, str(e))
            return f"{MISSING}{e}"
        self._account.write(1, 0, 0, 0)
        return places[0]

    def settle(self) -> Account:
        """Return the account so far, and begin a new one."""
        account, self._account = self._account, Account()
        return account

    def _is_kept(self, found: Found, part: str) -> bool:
        """Whether the base of a delta has the very copy."""
        if self._before is None or self._places == "by class":
            return False
        number = found.stored.number
        was = next(self._before.rows(Run(number - 1, number, 1), lines=False), None)
        if was is None or was.fault or (was.asset, was.stored.path) != (found.asset, found.stored.path):
            return False
        return self._splitting_before is None or self._splitting_before.part(was) == part

    def _file(self, asset: Asset) -> Path:
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

    def _bytes(self, asset: Asset, file: Path) -> Iterator[bytes]:
        try:
            turned = _upright(file) if self._is_upright and asset.kind == "image" else None
            yield from chunks(file) if turned is None else (turned,)
        except OSError as e:
            raise NotFoundError(f"the file cannot be read: {e}") from e


def _upright(file: Path) -> bytes | None:
    """Return a picture turned as its EXIF orientation says it is displayed; None where it lies so already.

    Raises `OSError` where it cannot be read.
    """
    from PIL import Image  # noqa: PLC0415  only upright copies need it

    try:
        return _turned(file)
    except (SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as e:
        raise OSError(str(e)) from e


def _turned(file: Path) -> bytes | None:
    from PIL import Image, ImageOps  # noqa: PLC0415  as above

    with Image.open(file) as picture:
        if picture.getexif().get(ORIENTATION, 1) not in range(2, 9):
            return None
        turned = ImageOps.exif_transpose(picture)
        out = BytesIO()
        kept = {name: picture.info[name] for name in ("icc_profile",) if picture.info.get(name)}
        turned.save(out, picture.format, quality=QUALITY, exif=turned.getexif(), **kept)
    return out.getvalue()
