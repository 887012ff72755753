"""What the parts of one task share while it is read: its objects, their sizes and texts, and what had no place."""

import re
from collections import Counter

from labelport.errors import Fault
from labelport.formats.label_studio.media import Medium, spoken_by
from labelport.formats.label_studio.results import Result
from labelport.formats.label_studio.shapes import Size, size_of
from labelport.formats.label_studio.spans import Words
from labelport.formats.label_studio.survey import Plan
from labelport.formats.label_studio.values import Object, finite

_INDEX = re.compile(r"\[\d+\]")
Place = tuple[str, int | None]
"""An object by its name, and which of its items."""


class Scope:
    """The task that is being read."""

    __slots__ = ("_sizes", "added", "faults", "main", "media", "messages", "plan", "rejected", "texts", "unread")

    def __init__(self, plan: Plan, media: list[Medium], unread: Counter[str]) -> None:
        self.plan = plan
        self.media = {medium.name: medium for medium in media}
        self.main = media[0]
        self.unread = unread
        self.faults: list[Fault] = []
        """What is wrong in the task without costing it a region."""
        self.rejected = 0
        self.added: dict[tuple[str, str], str] = {}
        """Ids of added messages where they are not the region's: by annotation (its path) and region."""
        self._sizes: dict[Place, Size] = {}
        self.texts = {medium.name: medium.words() for medium in media}
        self.messages = {
            medium.name: [(str(at), Words(text)) for at, (_, text) in enumerate(spoken_by(medium))] for medium in media
        }

    def note(self, path: str, given: Object, known: frozenset[str]) -> None:
        """Count the keys of an object that nothing reads."""
        for key in given.keys() - known:
            self.unread[f"{_INDEX.sub('[]', path)}.{key}"] += 1

    def measure(self, task: Object, results: list[Result]) -> None:
        """Learn the sizes of pictures: from any result on them, then from the task itself."""
        for result in results:
            where = place(result)
            size = None if where in self._sizes else size_of(result.given)
            if size:
                self._sizes[where] = size
        for given in (task.get("data"), task.get("meta")):
            size = size_of(given) if isinstance(given, dict) else None
            if size:
                self._sizes.setdefault((self.main.name, None), size)

    def size(self, result: Result) -> Size | None:
        """Return the size of the picture on which a result lies, where it is known."""
        return size_of(result.given) or self._sizes.get(place(result))

    def message(self, path: str, region: str) -> str:
        """Return the id of the message that a result of an annotation adds."""
        return self.added.get((path.rpartition(".result[")[0], region), region)

    def size_at(self, name: str, item: int | None) -> Size | None:
        """Return the size of an item of an object, where it is known."""
        return self._sizes.get((name, item))

    def items(self, name: str) -> list[int]:
        """Return which items of an object have a known size."""
        return sorted(item for of, item in self._sizes if of == name and item is not None)

    def series(self, result: Result) -> str | None:
        """Return the series that a result is about; None for the asset as a whole."""
        name, item = place(result)
        if item is not None:
            return f"{name}[{item}]"
        return name if name and name != self.main.name else None


def place(result: Result) -> Place:
    """Return what a result is about: an object, and which of its pictures where it has several."""
    name = result.given.get("to_name")
    item = finite(result.given.get("item_index", result.value.get("item_index")))
    whole = int(item) if item is not None and item.is_integer() and 0 <= item < 1 << 20 else None
    return name if isinstance(name, str) else "", whole
