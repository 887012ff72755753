"""PNG masks: pictures whose pixels are classes or objects, with a legend beside them.

`legend.json` says what the values of pixels mean, `pictures.ndjson` which file is of which task, and what is in it.
A picture that nobody labelled has no mask; one that was reviewed and is empty has a mask of zeros.
"""

from collections.abc import Mapping

from labelport.formats.png_masks.index import LEGEND, PICTURES, Options, legend, options
from labelport.formats.png_masks.reading import decode
from labelport.formats.png_masks.writing import encode
from labelport.kit import layers, scenes
from labelport.kit.format import FILES, Context, Document, File, Format, Section
from labelport.kit.task_numbers import number
from labelport.model.record import Record


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the index of the pictures."""
    return (Document(PICTURES, (Section("pictures", b"\n", terminated=True),)),)


def once(context: Context) -> tuple[File, ...]:
    """Return the legend."""
    return (File(LEGEND, legend(context)),)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many rows a record gives in the index, one for each frame that anything is on, and how many masks.

    How many files an object or a class has for itself is known by drawing alone; the index names them.
    """
    pictures, drawn = scenes.count(record, context.frames)[0], scenes.drawn(record, context.frames)
    single = options(context).kind in {"semantic", "binary"}
    return {"pictures": pictures} | ({FILES: drawn} if single else {})


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many records a reader finds, one for all frames, and how many objects on them at the most."""
    return 1, scenes.count(record, context.frames)[1]


FORMAT = Format(
    "PNG masks",
    layers.carries(),
    encode,
    documents,
    once=once,
    options=Options,
    decode=decode,
    merges=True,
    holds={"pictures": "task"},
    number=number,
    count=count,
    found=found,
)
