"""Class maps as people write them: `CLASS=NAME`, or `CLASS=NAME:NUMBER`; classes by name or number."""

from collections.abc import Iterable, Sequence

from labelport.errors import RequestError, unknown
from labelport.model.export import ClassMap, DeliveredClass
from labelport.model.ontology import LabelClass


def class_number(classes: Iterable[LabelClass], name: str) -> int:
    """Return the number of a class that is named, or numbered; raises `NotFoundError`."""
    numbers = {one.name: one.number for one in classes}
    if name.isascii() and name.isdigit() and int(name) in numbers.values():
        return int(name)
    if name not in numbers:
        raise unknown("class", name, numbers)
    return numbers[name]


def class_map_of(
    classes: Sequence[LabelClass], renamed: Sequence[tuple[str, str]], only: Sequence[str] = ()
) -> ClassMap | None:
    """Return the map that renames classes and merges those that get one name; without `only`, others stay as they are.

    A class that others are renamed to takes them in. None where nothing is asked. Raises `NotFoundError` for a class
    that is not there, `RequestError` for one that is named twice or merged under two numbers.
    """
    if not renamed and not only:
        return None
    kept = [class_number(classes, name) for name in only]
    targets = [(class_number(classes, name), *_target(target)) for name, target in renamed]
    moved = {source for source, *_ in targets}
    staying = {one.name: one.number for one in classes if one.number not in moved and (not only or one.number in kept)}
    merged: dict[str, list[int]] = {}
    numbers: dict[str, int] = {}
    for source, name, number in targets:
        merged.setdefault(name, [staying[name]] if name in staying else []).append(source)
        if number is not None and numbers.setdefault(name, number) != number:
            raise RequestError(f"class {name!r} of the delivery is given two numbers: {numbers[name]} and {number}")
    taken = {number for sources in merged.values() for number in sources}
    entries = [DeliveredClass(tuple(sources), name, numbers.get(name)) for name, sources in merged.items()]
    entries += [DeliveredClass((number,)) for number in dict.fromkeys(kept) if number not in taken]
    return ClassMap(tuple(entries), "drop" if only else "keep")


def pairs(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return `CLASS=NAME` texts in two; a class whose name holds `=` is given by its number."""
    found = []
    for text in texts:
        name, equals, target = text.partition("=")
        if not equals or not name or not target:
            raise RequestError(f"a class map takes CLASS=NAME or CLASS=NAME:NUMBER, not {text!r}")
        found.append((name, target))
    return found


def _target(text: str) -> tuple[str, int | None]:
    name, colon, number = text.rpartition(":")
    return (name, int(number)) if colon and name and number.isascii() and number.isdigit() else (text, None)
