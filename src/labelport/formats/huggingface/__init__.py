"""A folder for Hugging Face: `metadata.jsonl` with a row for each task, and a Croissant card of it.

https://huggingface.co/docs/datasets/image_dataset ; without media copies the rows alone are the data set, and `uri`
says where each asset lies. `README.md` states the types of the columns, so that no empty list is guessed at. Each part
of a split is a data set of its own.
"""

from collections.abc import Iterator, Sequence

import msgspec

from labelport.formats.huggingface.card import About, card
from labelport.formats.huggingface.features import FILE, hugging_face
from labelport.formats.huggingface.records import decode
from labelport.formats.huggingface.rows import task
from labelport.formats.huggingface.survey import survey
from labelport.kit.format import Context, Document, File, Format, Made, Row, Section
from labelport.model.export import Carries
from labelport.model.geometry import KINDS
from labelport.model.ontology import LabelClass
from labelport.model.record import Record

CARRIES = Carries(
    frozenset(KINDS), features=frozenset({"answers", "nested_answers", "source", "texts", "unclassified"})
)


class Options(About, frozen=True, forbid_unknown_fields=True):
    """`media`: the folder of the media copies, which `file_name` then leads into; the others fill the card."""

    media: str | None = None


class _Numbered(msgspec.Struct, frozen=True):
    task_number: int


_numbered = msgspec.json.Decoder(_Numbered)


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the rows."""
    return (Document(FILE, (Section("rows", b"\n", terminated=True),)),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the row of a task."""
    classes: dict[object, LabelClass] = {one.number: one for one in context.classes}
    yield Row("rows", task(record, classes, _options(context).media))


def once(context: Context) -> Iterator[File]:
    """Yield the page that Hugging Face reads; where media lie beside, it finds the rows by itself."""
    options = _options(context)
    lines = ["---", f"pretty_name: {msgspec.json.encode(options.name).decode()}"]
    if options.media is None:
        lines += ["configs:", "- config_name: default", f"  data_files: {FILE}"]
        lines += ["dataset_info:", "  features:", *hugging_face()]
    lines += ["---", "", options.description, ""]
    yield File("README.md", "\n".join(lines).encode())


def last(made: Sequence[Made], context: Context) -> Iterator[File]:
    """Yield the Croissant card."""
    for rows in made:
        with rows.open() as lines:
            yield File("croissant.json", card(_options(context), rows, survey(lines)))


def number(section: str, element: bytes) -> int:
    """Return the number of a row's task."""
    del section
    return _numbered.decode(element).task_number


def _options(context: Context) -> Options:
    return msgspec.convert(context.options, Options)


FORMAT = Format(
    "Hugging Face folder with a Croissant card",
    CARRIES,
    encode,
    documents,
    once=once,
    last=last,
    options=Options,
    decode=decode,
    holds={"rows": "task"},
    number=number,
)
