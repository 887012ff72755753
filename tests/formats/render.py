"""Puts a format's rows together in memory, as a delivery would, by encoding or from fragments."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec

from labelport.kit.format import Context, File, Format, Row, Stored
from labelport.model.label import Label
from labelport.model.record import Record, state_of


def render(form: Format, records: Sequence[Record], context: Context) -> dict[str, bytes]:
    """Return the files of a delivery, every record encoded."""
    assert form.encode is not None
    return _put_together(form, context, chain.from_iterable(form.encode(record, context) for record in records))


def spliced(form: Format, records: Sequence[Record], context: Context) -> dict[str, bytes]:
    """Return the files of a delivery, every record spliced from fragments, or encoded where it has none."""
    return _put_together(form, context, (item for record in records for item in _spliced(form, record, context)))


def stored(form: Format, record: Record) -> Stored | None:
    """Return the record as its stored bytes; None where a label has no fragment."""
    assert form.fragment is not None
    made = form.fragment([_with(record, label) for label in record.labels])
    fragments = tuple(one for one in made if one is not None)
    if len(fragments) < len(made):
        return None
    return Stored(
        record.number,
        record.id,
        record.name,
        record.path,
        record.asset.uri,
        record.asset.width,
        record.asset.height,
        state_of(record),
        sum(len(label.annotations) for label in record.labels),
        b"",
        fragments,
    )


def _spliced(form: Format, record: Record, context: Context) -> Iterable[Row | File]:
    assert form.splice is not None
    assert form.encode is not None
    found = stored(form, record)
    return form.encode(record, context) if found is None else form.splice(found, context)


def _with(record: Record, label: Label) -> Record:
    return msgspec.structs.replace(record, labels=(label,))


def _put_together(form: Format, context: Context, items: Iterable[Row | File]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    sections: dict[str, list[bytes]] = defaultdict(list)
    for item in items:
        if isinstance(item, File):
            files[item.path] = item.data
        else:
            sections[item.section].append(item.data)
    for document in form.documents(context) if form.documents else ():
        files[document.path] = b"".join(
            part if isinstance(part, bytes) else part.separator.join(sections[part.name]) for part in document.parts
        )
    return files
