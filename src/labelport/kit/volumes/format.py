"""A format of label volumes, made of the way in which its files hold them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from labelport.kit import segmentations
from labelport.kit.format import FILES, Context, Document, File, Format, Input, Item, Section
from labelport.kit.task_numbers import number
from labelport.kit.volumes.codec import Codec
from labelport.kit.volumes.index import LEGEND, VOLUMES, kind, legend
from labelport.kit.volumes.reading import decode
from labelport.kit.volumes.writing import encode
from labelport.model.export import Carries
from labelport.model.record import Record


def volumes(title: str, options: type[msgspec.Struct], codec: Callable[[Context], Codec], reads: Codec) -> Format:
    """Return a format that writes files by a codec, which may depend on its options, and reads by another."""

    def read(inputs: Iterable[Input]) -> Iterator[Item]:
        return decode(inputs, reads)

    return Format(
        title,
        Carries(kinds=frozenset({"segment"}), features=frozenset({"on"})),
        partial(encode, codec),
        documents,
        once=once,
        options=options,
        decode=read,
        merges=True,
        holds={"volumes": "task"},
        number=number,
        count=count,
        found=found,
    )


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the index of the volumes."""
    return (Document(VOLUMES, (Section("volumes", b"\n", terminated=True),)),)


def once(context: Context) -> tuple[File, ...]:
    """Return the legend."""
    return (File(LEGEND, legend(context)),)


def found(record: Record, context: Context) -> tuple[int, int]:  # noqa: ARG001
    """Return how many records a reader finds, one, and how many segments at the most."""
    return 1, segmentations.count(record)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many rows and files a record gives."""
    return {"volumes": 1, FILES: segmentations.files(record, context, kind(context))}
