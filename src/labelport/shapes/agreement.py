"""How far two labels of one task agree, from 0 to 1.

Objects are paired within their class, those that overlap most first. A pair counts with the intersection of the boxes
around both over their union; where there is no such box, 1 if both are equal. Objects of tracks are paired frame by
frame. The agreement is twice the sum, over what both labels hold (Dice): 1 where neither marks anything.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

import msgspec

from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.shapes.rings import envelope


def agreement(first: Label, second: Label) -> float:
    """Return how far two labels agree; it is symmetric."""
    ours, theirs = _objects(first), _objects(second)
    held = sum(map(len, ours.values())) + sum(map(len, theirs.values()))
    if held == 0:
        return 1.0
    return 2 * sum(_paired(ours[key], theirs[key]) for key in ours.keys() & theirs.keys()) / held


def scores(labels: Sequence[Label]) -> list[float]:
    """Return how far each of several labels agrees with the others, on average; 1 for one that is alone."""
    if len(labels) < 2:
        return [1.0 for _ in labels]
    return [sum(agreement(one, other) for other in labels if other is not one) / (len(labels) - 1) for one in labels]


def _objects(label: Label) -> dict[Hashable, list[Annotation]]:
    """Return what a label holds, by what must be the same for two of them to be a pair."""
    found: dict[Hashable, list[Annotation]] = defaultdict(list)
    for one in label.annotations:
        found[one.class_, one.geometry is None, one.on].append(one)
    classes = {track.id: track.class_ for track in label.tracks}
    for key in label.keyframes:
        if not key.outside:
            found[classes.get(key.track), False, key.frame].append(Annotation(key.track, geometry=key.geometry))
    return found


def _paired(ours: list[Annotation], theirs: list[Annotation]) -> float:
    """Return the sum over pairs, the best first."""
    pairs = sorted(
        ((_alike(one, other), i, j) for i, one in enumerate(ours) for j, other in enumerate(theirs)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    total = 0.0
    for value, i, j in pairs:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            total += value
    return total


def _alike(one: Annotation, other: Annotation) -> float:
    first, second = _box(one), _box(other)
    if first is None or second is None:
        return float((one.geometry, one.answers) == (other.geometry, other.answers))
    return overlap(first, second)


def overlap(first: Box, second: Box) -> float:
    """Return the intersection of two boxes over their union; 1 for equal ones that have no area."""
    if first == second:
        return 1.0
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    common = max(width, 0.0) * max(height, 0.0)
    union = first.width * first.height + second.width * second.height - common
    return common / union if union > 0 else 0.0


def _box(one: Annotation) -> Box | None:
    return None if one.geometry is None else envelope(one.geometry)


def chosen(labels: Iterable[Label], agreed: Sequence[float]) -> list[Label]:
    """Return labels with their scores, of which the one that agrees most is final; the first of equals."""
    known = list(labels)
    best = max(range(len(known)), key=lambda i: (agreed[i], -i))
    return [
        msgspec.structs.replace(one, score=round(score, 6), final=i == best)
        for i, (one, score) in enumerate(zip(known, agreed, strict=True))
    ]
