"""Grids of files are held to be grids, and those of segmentations to be that of their scan."""

from labelport.kit.format import broken
from labelport.shapes.grid import Grid


def sound(path: str, grid: Grid) -> Grid:
    """Return the grid of a file; raises `InvalidError` with everything that keeps it from being one."""
    if wrong := tuple(grid.faults()):
        raise broken(path, *wrong)
    return grid


def match(path: str, found: Grid, wanted: Grid) -> None:
    """Raise `InvalidError` with both grids where a segmentation does not lie on that of its scan."""
    if not found.is_like(wanted):
        raise broken(path, f"lies on another grid than its scan: {found}; the scan: {wanted}")
