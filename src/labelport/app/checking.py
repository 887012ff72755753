"""Holds records against the model before they are stored; the runs of masks are looked at many at once."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from labelport.errors import Fault
from labelport.kit.format import Item
from labelport.model.check import broken, checked
from labelport.model.geometry import Mask
from labelport.model.record import Record

AT_ONCE = 32
"""Masks to look at together: what comes of them stays in the processor's cache."""
_MASKS = frozenset({Mask})


class Checker:
    """Looks at a batch; `typed` says that it came through a typed decoder, so that only the rules are left."""

    def __init__(self, items: Iterable[Item], *, typed: bool) -> None:
        """Look at all masks of the batch; where one is faulty, each record is looked at by itself."""
        self._typed = typed
        masks = chain.from_iterable(_masks(item) for item in items if isinstance(item, Record)) if typed else iter(())
        self._but = _MASKS if _are_sound(masks) else frozenset[type]()

    def checked(self, record: Record) -> tuple[Record, list[Fault]]:
        """Return a record of the batch as it is stored, and what is wrong with it."""
        return (record, broken(record, self._but)) if self._typed else checked(record)


def _masks(record: Record) -> Iterator[Mask]:
    for label in (*record.labels, *record.predictions):
        shapes = chain((one.geometry for one in label.annotations), (one.geometry for one in label.keyframes))
        yield from (shape for shape in shapes if isinstance(shape, Mask))


def _are_sound(masks: Iterator[Mask]) -> bool:
    while some := list(islice(masks, AT_ONCE)):
        from labelport.shapes import rle  # noqa: PLC0415  it brings numpy, a quarter of a short command

        reasons = rle.faults([one.counts for one in some], [one.height for one in some], [one.width for one in some])
        if any(reasons):
            return False
    return True
