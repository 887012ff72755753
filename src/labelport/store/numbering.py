"""Pinned numbers: an annotation gets one when it is first stored and keeps it through every version of its label."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from labelport.model.label import Annotation, Label, Track

Item = TypeVar("Item", Annotation, Track)


class _Numbered(msgspec.Struct, frozen=True):
    id: str
    number: int


class _Body(msgspec.Struct, frozen=True):
    annotations: tuple[_Numbered, ...] = ()
    tracks: tuple[_Numbered, ...] = ()


_decode = msgspec.json.Decoder(_Body).decode


class Numbering:
    """Gives numbers from `next` on; they are unique in the project."""

    def __init__(self, first: int) -> None:
        """Begin with `first`."""
        self.next = first

    def number(self, label: Label, before: bytes | None, class_number: Callable[[int | str], int]) -> Label:
        """Return the label with its annotations' numbers and class numbers; `before` is the body it had.

        An annotation is known again by its id. One that was left out of a version and comes back is a new one.
        """
        body = _decode(b"{" + before + b"}") if before else _Body()
        annotations = {one.id: one.number for one in body.annotations}
        tracks = {one.id: one.number for one in body.tracks}
        return msgspec.structs.replace(
            label,
            annotations=tuple(self._one(a, annotations, class_number) for a in label.annotations),
            tracks=tuple(self._one(t, tracks, class_number) for t in label.tracks),
        )

    def _one(self, item: Item, known: dict[str, int], class_number: Callable[[int | str], int]) -> Item:
        number = known.get(item.id)
        if number is None:
            number, self.next = self.next, self.next + 1
        class_ = None if item.class_ is None else class_number(item.class_)
        return msgspec.structs.replace(item, number=number, class_=class_)
