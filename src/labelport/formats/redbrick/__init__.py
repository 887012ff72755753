"""RedBrick: `tasks.json`, and a folder of NIfTI segmentations for each task, both ways.

Layout and names are those of the product's export: `segmentations/TASK/SERIES.nii.gz`, or where segments overlap or a
file for each is asked for, `segmentations/TASK/SERIES/instance-N.nii.gz`.
"""

from collections.abc import Mapping

import msgspec

from labelport.formats.redbrick.reading import TASKS, decode
from labelport.formats.redbrick.writing import Options, encode
from labelport.kit import segmentations
from labelport.kit.format import FILES, Context, Document, Format, Section
from labelport.model.export import Carries
from labelport.model.record import Record

_FLAT = ("box", "ellipse", "polygon", "polyline", "point")
_SOLID = ("segment", "landmark", "length", "angle", "cuboid3d", "slice_shape")


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the one array of tasks."""
    return (Document(TASKS, (b"[\n", Section("tasks", b",\n"), b"\n]\n")),)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many tasks and masks a record gives."""
    kind = msgspec.convert(context.options, Options).kind
    return {"tasks": 1, FILES: segmentations.files(record, context, kind)}


FORMAT = Format(
    "RedBrick",
    Carries(
        kinds=frozenset({*_FLAT, *_SOLID, "classification"}),
        converts={"rotated_box": "polygon", "polygon_with_hole": "polygon", "multi_polygon": "polygon"},
        features=frozenset({"answers", "group", "on"}),
    ),
    encode,
    documents,
    options=Options,
    decode=decode,
    merges=True,
    holds={"tasks": "task"},
    count=count,
)
