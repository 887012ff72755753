"""NIfTI-1 masks: label volumes on the very grid of their scans, with a legend and an index beside them.

`legend.json` says what classes there are, `volumes.ndjson` which file is of which task and series, and what is in it.
A task that nobody labelled has no file; one that was reviewed and is empty has volumes of zeros.
"""

import re

from labelport.formats.nifti.index import LEGEND, VOLUMES, Options, legend
from labelport.formats.nifti.reading import decode
from labelport.formats.nifti.writing import encode
from labelport.kit import segmentations
from labelport.kit.format import Context, Document, File, Format, Section
from labelport.model.export import Carries
from labelport.model.record import Record

_TASK = re.compile(rb'\{"task":(\d+)')


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the index of the volumes."""
    return (Document(VOLUMES, (Section("volumes", b"\n", terminated=True),)),)


def once(context: Context) -> tuple[File, ...]:
    """Return the legend."""
    return (File(LEGEND, legend(context)),)


def found(record: Record, context: Context) -> tuple[int, int]:  # noqa: ARG001
    """Return how many records a reader finds, one, and how many segments at the most."""
    return 1, segmentations.count(record)


def number(section: str, element: bytes) -> int:
    """Return the number of the task that a row of the index is of."""
    task = _TASK.match(element)
    if task is None:
        raise ValueError(f"no row of {section!r}: {element[:40]!r}")
    return int(task[1])


FORMAT = Format(
    "NIfTI masks",
    Carries(kinds=frozenset({"segment"}), features=frozenset({"on"})),
    encode,
    documents,
    once=once,
    options=Options,
    decode=decode,
    merges=True,
    holds={"volumes": "task"},
    number=number,
    found=found,
)
