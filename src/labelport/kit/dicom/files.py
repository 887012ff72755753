"""DICOM files one by one: their headers, whether they are whole, and their pixels."""

from importlib import import_module
from io import SEEK_END, BytesIO
from types import ModuleType
from typing import Any

from labelport.errors import RequestError
from labelport.kit.format import Input, broken

_PACKED = ("1.2.840.10008.1.2.4", "1.2.840.10008.1.2.5")
"""How transfer syntaxes begin whose pixels have no size that is known (PS3.5, A.4)."""
_IMPLICIT = "1.2.840.10008.1.2"
_DEFLATED = "1.2.840.10008.1.2.1.99"


def header(file: Input) -> Any | None:  # noqa: ANN401  a data set of pydicom, which has no types
    """Return what a file says before its pixels; None where it is no DICOM file. Raises `InvalidError`."""
    pydicom = _pydicom()
    with file.open() as opened:
        try:
            found = pydicom.dcmread(opened, stop_before_pixels=True)
            found.get("SOPClassUID")
        except pydicom.errors.InvalidDicomError:
            return None
        except Exception as e:
            raise broken(file.path, f"is no DICOM file that can be read: {e}") from e
        start = opened.tell()
        size = opened.seek(0, SEEK_END)
    if size - start < _least(found):
        raise broken(file.path, f"is cut off: {size} bytes are fewer than its pixels take")
    return found


def whole(file: Input) -> Any:  # noqa: ANN401  as above
    """Return a file with its pixels; raises `InvalidError`."""
    try:
        found = _pydicom().dcmread(BytesIO(file.read()))
        found.pixel_array  # noqa: B018  unpacked here, where what is wrong can be told
    except Exception as e:
        raise broken(file.path, f"is no DICOM file whose pixels can be read: {e}") from e
    return found


def _least(found: Any) -> int:  # noqa: ANN401  as above
    """Return how many bytes the pixels of a file take with what stands before them, where that is known."""
    syntax = str(found.file_meta.get("TransferSyntaxUID", ""))
    if syntax.startswith(_PACKED) or syntax == _DEFLATED or "Rows" not in found:
        return 0
    bits = int(found.get("NumberOfFrames") or 1) * int(found.get("SamplesPerPixel") or 1) * int(found.BitsAllocated)
    return int(found.Rows) * int(found.Columns) * bits // 8 + (8 if syntax == _IMPLICIT else 12)


def _pydicom() -> ModuleType:
    """Return the reader, which comes with an extra and is loaded where a file is read."""
    try:
        return import_module("pydicom")
    except ModuleNotFoundError as e:
        raise RequestError("DICOM files need 'pydicom': pip install 'labelport[medical]'") from e
