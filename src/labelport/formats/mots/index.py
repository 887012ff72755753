"""Numbers of classes and of objects, the options, and where files lie."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from labelport.kit.format import Context
from labelport.model.label import Annotation, Track
from labelport.model.ontology import LabelClass

INSTANCES = "instances"
"""The folder of the pictures."""
IGNORED = 10
"""The class of regions that nobody is asked to mark; a class of ours never has this number."""
IGNORED_NAME = "ignored"
PLACES = 1000
"""What a class's number is multiplied with; it has as many objects less one."""
MOST = 2**16 - 1
"""The greatest number that a pixel holds."""
MOTS = ("car", "pedestrian")
"""The classes of both benchmarks, where no names stand beside the masks."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`form`: rows of text, as TrackEval reads them, or pictures of 16 bits."""

    form: Literal["txt", "png"] = "txt"


def form(context: Context) -> str:
    """Return the form that was asked for."""
    return msgspec.convert(context.options, Options).form


def in_files(class_: int) -> int:
    """Return the number that a class has in the files: its pinned one, or the next from 10 on."""
    return class_ + (class_ >= IGNORED)


def class_of(number: int) -> int:
    """Return the class in the files of an object by its number there."""
    return number // PLACES


def names(classes: Iterable[LabelClass]) -> dict[int, str]:
    """Return the names of classes by their numbers in the files."""
    found = {in_files(one.number): one.name for one in classes}
    return found | {IGNORED: IGNORED_NAME} if max(found, default=0) > IGNORED else found


def is_ignored(class_: int, named: Mapping[int, str]) -> bool:
    """Return whether masks of a class are regions to ignore, by the names that stand beside the masks."""
    return class_ == IGNORED and named.get(class_, IGNORED_NAME) in (IGNORED_NAME, "ignore")


def objects(found: Iterable[Annotation | Track], numbers: Mapping[int | str | None, int]) -> dict[int, int]:
    """Return for objects, by their own numbers, those of the files; for none that would not fit."""
    given: dict[int, int] = {}
    places: dict[int, int] = {}
    for one in sorted(found, key=lambda one: one.number):
        class_ = in_files(numbers[one.class_])
        places[class_] = place = places.get(class_, 0) + 1
        number = class_ * PLACES + place
        if place < PLACES and number <= MOST:
            given[one.number] = number
    return given
