"""The names of classes: line by line, the first of class 1, with a filler for a number that no class has."""

from collections.abc import Iterable

from labelport.model.ontology import LabelClass

MOT16 = (
    *("pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person"),
    *("distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd"),
)
"""The classes of MOT16 and later, where no names stand beside the rows."""
_SPACES = str.maketrans("\n\r", "  ")


def written(classes: Iterable[LabelClass]) -> str:
    """Return the lines of `labels.txt`."""
    names = {one.number: one.name.translate(_SPACES) for one in classes}
    return "".join(f"{names.get(number, _filler(number))}\n" for number in range(1, max(names, default=0) + 1))


def read(text: str | None) -> dict[int, str]:
    """Return the names by number."""
    names = MOT16 if text is None else text.splitlines()
    return {number: name for number, name in enumerate(names, 1) if name and name != _filler(number)}


def _filler(number: int) -> str:
    return f"(no class {number})"
