"""What deliveries show by name: classes, batches, the ontology's questions, slices; all versioned."""

from collections.abc import Iterable
from functools import cached_property

import msgspec

from labelport.errors import ConflictError, Fault, InvalidError, NotFoundError
from labelport.model.ontology import Attribute, LabelClass, Ontology
from labelport.model.stages import STANDARD, Stages
from labelport.store.db import OPEN, Database
from labelport.store.log import Appender, digest


class Names:
    """The named things of a project as a change sees and writes them."""

    def __init__(self, db: Database, log: int, events: Appender, next_class: int) -> None:
        """Read the classes that hold now."""
        self.next_class = next_class
        self._db, self._log, self._events = db, log, events
        self._classes = {item.number: item for item in classes(db, log, events.taken)}
        self._numbers = {item.name: item.number for item in self._classes.values()}
        self._ensured: set[tuple[str, str]] = set()

    @cached_property
    def stages(self) -> Stages:
        """The workflow that holds before this change."""
        return stages(self._db, self._log, self._events.taken)

    def class_number(self, reference: int | str) -> int:
        """Return the pinned number of a class; a name that is new becomes a class."""
        if isinstance(reference, int):
            if reference not in self._classes:
                raise InvalidError("class", [Fault("$.class", f"the project has no class with number {reference}")])
            return reference
        found = self._numbers.get(reference)
        return self.add_class(LabelClass(self.next_class, reference)).number if found is None else found

    def define(self, ontology: Ontology) -> None:
        """Take over classes by name: new ones get the next numbers, in order; known ones keep theirs.

        An empty project keeps the numbers as they are given.
        """
        virgin = not self._classes
        for item in sorted(ontology.classes, key=lambda item: item.number):
            number = self._numbers.get(item.name)
            if number is None:
                self.add_class(item if virgin else msgspec.structs.replace(item, number=self.next_class))
            elif (known := self._classes[number]) != (new := msgspec.structs.replace(item, number=number)):
                self._put_class(new if known.skeleton is None or new.skeleton is not None else known, "class.changed")
        if ontology.attributes:
            self._define_attributes(ontology.attributes)

    def add_class(self, item: LabelClass) -> LabelClass:
        """Add a class with a number that none has or had."""
        if item.number < self.next_class or item.name in self._numbers:
            raise ConflictError(f"class {item.name!r} with number {item.number}: the name or the number is taken")
        self._put_class(item, "class.added")
        self.next_class = item.number + 1
        return item

    def rename_class(self, number: int, name: str) -> None:
        """Give a class another name; its number stays."""
        if number not in self._classes:
            raise NotFoundError(f"no class with number {number}")
        if name in self._numbers:
            raise ConflictError(f"a class named {name!r} exists")
        del self._numbers[self._classes[number].name]
        self._put_class(msgspec.structs.replace(self._classes[number], name=name), "class.renamed")

    def ensure(self, kind: str, key: str) -> None:
        """Make a name for a key that has none: the key itself."""
        if (kind, key) in self._ensured:
            return
        self._ensured.add((kind, key))
        if key not in named(self._db, self._log, kind, self._events.taken):
            self.put(kind, key, msgspec.json.encode(key), f"{kind}.added")

    def rename(self, kind: str, key: str, name: str) -> bool:
        """Give a batch or slice another name; say whether that changed anything."""
        self._ensured.add((kind, key))
        data = msgspec.json.encode(name)
        known = named(self._db, self._log, kind, self._events.taken).get(key)
        if known == data:
            return False
        self.put(kind, key, data, f"{kind}.added" if known is None else f"{kind}.renamed")
        return True

    def put(self, kind: str, key: str, data: bytes, event: str) -> None:
        """Write a version of a named thing, with its event."""
        put(self._db, self._events, kind, key, data=data, event=event)

    def _put_class(self, item: LabelClass, event: str) -> None:
        self.put("class", f"{item.number:09d}", msgspec.json.encode(item), event)
        self._classes[item.number] = item
        self._numbers[item.name] = item.number

    def _define_attributes(self, given: Iterable[Attribute]) -> None:
        known = {item.key: item for item in attributes(self._db, self._log, self._events.taken)}
        merged = known | {item.key: item for item in given}
        if merged != known:
            data = msgspec.json.encode(tuple(merged.values()))
            self.put("ontology", "attributes", data, "ontology.changed")


def put(db: Database, events: Appender, kind: str, key: str, *, data: bytes, event: str) -> None:
    """Write a version of a named thing of a log, with its event."""
    values = {"log": events.log, "kind": kind, "key": key, "number": events.number, "open": OPEN}
    db.run("end_named", values)
    db.run("add_named", {**values, "data": data.decode()})
    events.append(event, {"key": key}, content=digest(kind, key, data))


def named(db: Database, log: int, kind: str, cut: int) -> dict[str, bytes]:
    """Return what holds at the cut, by key."""
    return {key: data.encode() for key, data in db.rows("named_at", {"log": log, "kind": kind, "cut": cut})}


def classes(db: Database, log: int, cut: int) -> tuple[LabelClass, ...]:
    """Return the classes at the cut, by number."""
    return tuple(msgspec.json.decode(data, type=LabelClass) for data in named(db, log, "class", cut).values())


def attributes(db: Database, log: int, cut: int) -> tuple[Attribute, ...]:
    """Return the questions asked of whole tasks at the cut."""
    found = named(db, log, "ontology", cut).get("attributes")
    return msgspec.json.decode(found, type=tuple[Attribute, ...]) if found else ()


def stages(db: Database, log: int, cut: int) -> Stages:
    """Return the workflow at the cut; the standard one where none was set."""
    found = named(db, log, "workflow", cut).get("stages")
    return msgspec.json.decode(found, type=Stages) if found else STANDARD


def batches(db: Database, log: int, cut: int) -> dict[str, str]:
    """Return the batches' names at the cut, by id."""
    return {key: msgspec.json.decode(data, type=str) for key, data in named(db, log, "batch", cut).items()}
