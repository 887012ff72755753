"""The classes of a delivery as `classes.csv`, beside files that name them only: pinned numbers, names, colours."""

from collections.abc import Iterable, Iterator

import msgspec

from labelport.errors import InvalidError
from labelport.kit.format import Context, File, Input
from labelport.kit.table import original, row, rows, text
from labelport.model.ontology import LabelClass

PATH = "classes.csv"


class _Row(msgspec.Struct, frozen=True):
    number: int
    name: str
    colour: str | None


def once(context: Context) -> Iterator[File]:
    """Yield the list."""
    lines = [
        row("number", "name", "colour"),
        *(row(str(one.number), text(one.name), one.colour or "") for one in context.classes),
    ]
    yield File(PATH, "".join(f"{line}\r\n" for line in lines).encode())


def read(inputs: Iterable[Input]) -> tuple[LabelClass, ...]:
    """Return the classes of the first list among the inputs; none where there is none that can be read."""
    for given in inputs:
        if given.path.rpartition("/")[2] == PATH:
            try:
                lines = [
                    msgspec.convert({**line, "colour": line["colour"] or None}, _Row, strict=False)
                    for line in rows(given)
                ]
            except (InvalidError, msgspec.ValidationError, KeyError):
                continue
            return tuple(LabelClass(one.number, original(one.name), one.colour) for one in lines)
    return ()
