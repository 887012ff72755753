"""A folder for Hugging Face: `metadata.jsonl` with a row for each task, and a Croissant card of it.

https://huggingface.co/docs/datasets/image_dataset ; where copies of the media come along, `file_name` leads to them.
Without them the rows alone are the data set, `README.md` states the types of their columns, so that no empty list is
guessed at, and `uri` says where each asset lies. Each part of a split is a data set of its own.
"""

from collections.abc import Iterator, Sequence

import msgspec

from labelport.formats.huggingface.card import About, card
from labelport.formats.huggingface.features import FILE, hugging_face
from labelport.formats.huggingface.records import decode
from labelport.formats.huggingface.rows import FOLDER, Filed, TaskRow, task
from labelport.formats.huggingface.survey import survey
from labelport.kit.format import Context, Document, File, Format, Made, Row, Section
from labelport.model.export import Carries
from labelport.model.geometry import KINDS
from labelport.model.ontology import LabelClass
from labelport.model.record import Record

CARRIES = Carries(
    frozenset(KINDS), features=frozenset({"answers", "nested_answers", "source", "texts", "unclassified"})
)


class _Numbered(msgspec.Struct, frozen=True):
    task_number: int


_numbered = msgspec.json.Decoder(_Numbered)


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the rows."""
    return (Document(FILE, (Section("rows", b"\n", terminated=True),)),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the row of a task."""
    classes: dict[object, LabelClass] = {one.number: one for one in context.classes}
    yield Row("rows", task(record, classes, filed=context.media))


def once(context: Context) -> Iterator[File]:
    """Yield the page that Hugging Face reads; where media lie beside, it finds the rows by itself."""
    about = _about(context)
    lines = ["---", f"pretty_name: {msgspec.json.encode(about.name).decode()}"]
    if not context.media:
        lines += ["configs:", "- config_name: default", f"  data_files: {FILE}"]
        lines += ["dataset_info:", "  features:", *hugging_face()]
    lines += ["---", "", about.description, ""]
    yield File("README.md", "\n".join(lines).encode())


def last(made: Sequence[Made], context: Context) -> Iterator[File]:
    """Yield the Croissant card."""
    for rows in made:
        with rows.open() as lines:
            yield File(
                "croissant.json", card(_about(context), rows, survey(lines), Filed if context.media else TaskRow)
            )


def number(section: str, element: bytes) -> int:
    """Return the number of a row's task."""
    del section
    return _numbered.decode(element).task_number


def place(path: str, context: Context) -> str:  # noqa: ARG001
    """Return where the copy of a medium is."""
    return f"{FOLDER}{path}"


def _about(context: Context) -> About:
    return msgspec.convert(context.options, About)


FORMAT = Format(
    "Hugging Face folder with a Croissant card",
    CARRIES,
    encode,
    documents,
    once=once,
    last=last,
    options=About,
    decode=decode,
    holds={"rows": "task"},
    number=number,
    place=place,
)
