"""Segmentations are held to the grid of their scan."""

from labelport.errors import Fault, InvalidError
from labelport.shapes.grid import Grid


def match(path: str, found: Grid, wanted: Grid) -> None:
    """Raise `InvalidError` with both grids where a segmentation does not lie on that of its scan."""
    if not found.is_like(wanted):
        reason = f"lies on another grid than its scan: {found}; the scan: {wanted}"
        raise InvalidError(f"file {path!r}", [Fault("$", reason)])
