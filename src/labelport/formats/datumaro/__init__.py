"""Datumaro JSON: a document for each subset, an item for each picture, frame or cloud.

Format: https://open-edge-platform.github.io/datumaro/ (data formats, Datumaro). A label is told by its place in
`categories`. What the model has and the format has no word for stands in keys that Datumaro passes over: `number`,
`path`, `kind`, `frame`, `source_frame`, `seconds`, `state` of an item, `on` of an annotation, `number` and `questions`
of a label.
"""

from labelport.formats.datumaro.reading import decode
from labelport.formats.datumaro.rows import Options, number
from labelport.formats.datumaro.writing import CARRIES, count, documents, encode, found, place
from labelport.kit.format import Format

FORMAT = Format(
    "Datumaro JSON",
    CARRIES,
    encode,
    documents,
    options=Options,
    decode=decode,
    holds={"items": "task"},
    number=number,
    count=count,
    found=found,
    parts="own",
    place=place,
)
