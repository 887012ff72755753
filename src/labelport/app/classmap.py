"""The classes of a delivery: the project's, or what a class map makes of them."""

from collections.abc import Iterable, Sequence

import msgspec

from labelport.errors import NotFoundError, RequestError
from labelport.model.export import ClassMap, DeliveredClass, MappedClass
from labelport.model.label import ClassRef
from labelport.model.ontology import LabelClass


class Classes:
    """What each class of a project is in a delivery."""

    def __init__(self, classes: Sequence[LabelClass], asked: ClassMap | None) -> None:
        """Map the classes as they are at the cut; raises `RequestError` where two would be taken for one."""
        self._own = {one.number: one for one in classes}
        self._mapped = asked is not None
        entries = asked.to if asked else ()
        self.target = {number: _number(entry) for entry in entries for number in entry.of}
        found = [made for entry in entries if (made := self._made(entry)) is not None]
        if asked is None or asked.others == "keep":
            others = [one for one in classes if one.number not in self.target]
            self.target |= {one.number: one.number for one in others}
            found += others
        self._keeps = asked is None or asked.others == "keep"
        self._numbers = {one.name: one.number for one in classes}
        places: dict[int, int] = {}
        for place, one in enumerate(classes):
            if one.number in self.target:
                places.setdefault(self.target[one.number], place)
        self.delivered = tuple(sorted(found, key=lambda one: places[one.number]))
        """The classes of the delivery, in the order of the first of the project's in each: a new one comes last."""
        self._names = {one.number: one.name for one in self.delivered}
        _distinct(self.delivered)

    @property
    def moved(self) -> frozenset[int]:
        """The project's classes that have another number in the delivery, or none."""
        return frozenset(number for number in self._own if self.target.get(number) != number)

    @property
    def table(self) -> tuple[MappedClass, ...]:
        """What became of each class of the project, where the request maps them."""
        if not self._mapped:
            return ()
        return tuple(MappedClass(one.number, one.name, self.target.get(one.number)) for one in self._own.values())

    @property
    def is_mapped(self) -> bool:
        """Whether the request maps classes at all."""
        return self._mapped

    def of(self, ref: ClassRef) -> ClassRef | None:
        """Return what the class of an object is in the delivery, None where it is left out; a name stays a name.

        Predictions may name classes that the project does not have: those are others too.
        """
        number = ref if isinstance(ref, int) else self._numbers.get(ref)
        if number is None:
            return ref if self._keeps else None
        target = self.target.get(number)
        return target if target is None or isinstance(ref, int) else self._names[target]

    def name(self, ref: ClassRef) -> str:
        """Return what a class is called in the project."""
        return self._own[ref].name if isinstance(ref, int) and ref in self._own else str(ref)

    def _made(self, entry: DeliveredClass) -> LabelClass | None:
        """Return the class of the delivery; None where none of its classes is there yet."""
        there = [self._own[number] for number in entry.of if number in self._own]
        if not there:
            return None
        skeletons = {one.skeleton for one in there if one.skeleton}
        if len(skeletons) > 1:
            raise RequestError(f"classes {_named(there)} have different skeletons, so they cannot be merged")
        return msgspec.structs.replace(
            there[0],
            number=_number(entry),
            name=entry.name or there[0].name,
            skeleton=next(iter(skeletons), None),
        )


def check(asked: ClassMap, known: Sequence[LabelClass]) -> None:
    """Raise for a class that the project never had, for one that is mapped twice, and for a merger without a name."""
    there = {one.number: one.name for one in known}
    seen: set[int] = set()
    for entry in asked.to:
        for number in entry.of:
            if number not in there:
                told = ", ".join(f"{key} {name!r}" for key, name in there.items()) or "none"
                raise NotFoundError(f"the class map names no class with number {number}; there are: {told}")
            if number in seen:
                raise RequestError(f"class {number} {there[number]!r} is mapped twice: it can go into one class only")
            seen.add(number)
        if len(entry.of) > 1 and entry.name is None:
            told = ", ".join(repr(there[number]) for number in entry.of)
            raise RequestError(f"the class map merges {told} into one class: give it a name")


def _number(entry: DeliveredClass) -> int:
    return entry.of[0] if entry.number is None else entry.number


def _distinct(found: Iterable[LabelClass]) -> None:
    """Raise `RequestError` where two classes would have one number or one name: readers could not tell them apart."""
    numbers: dict[int, str] = {}
    names: dict[str, int] = {}
    for one in found:
        if one.number in numbers:
            raise RequestError(
                f"{numbers[one.number]!r} and {one.name!r} would both have number {one.number}: "
                "give one of them another number, or merge them under one name"
            )
        if one.name in names:
            raise RequestError(
                f"classes {names[one.name]} and {one.number} would both be called {one.name!r}: "
                "merge them in one entry, or give one of them another name"
            )
        numbers[one.number], names[one.name] = one.name, one.number


def _named(classes: Iterable[LabelClass]) -> str:
    return " and ".join(repr(one.name) for one in classes)
