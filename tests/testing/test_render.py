"""The plain reading of documents and the pipeline's streaming one make the same bytes."""

from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Any

import msgspec
import pytest

from labelport.fidelity import Ledger, fit
from labelport.kit.format import Context, Document, Format, Input, Row, Section
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.cases import CLASSES, clips, pictures, words
from labelport.testing.render import documents, render, split
from tests.laws.requests import FORMATS, OPTIONS
from tests.spaces import Space

OF_ALL = ("files.ndjson", "items.csv")
"""Files that every delivery has, whatever its format."""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    made = Space(tmp_path_factory.mktemp("render"))
    project = made.work.create_project("p")
    store = made.app.store
    with store.change(store.project(project.id), actor="tester", at=made.app.now()) as change:
        change.names.define(Ontology(CLASSES))
    project.save((*pictures(), *clips(), *words()))
    yield made
    store.close()


def delivered(space: Space, name: str, options: Mapping[str, Any]) -> dict[str, bytes]:
    files = space.delivered("p", formats=(name,), options={name: options}, labels="all", shard_size=4)
    return {path: data for path, data in files.items() if path not in OF_ALL}


def exported(space: Space) -> list[Record]:
    """Return the records as an export reads them."""
    decode = format_named("ndjson").decode
    assert decode is not None
    files = delivered(space, "ndjson", {}).items()
    items = decode(Input(path, partial(BytesIO, data)) for path, data in files)
    return [item for item in items if isinstance(item, Record)]


@pytest.mark.parametrize(("name", "options"), [(name, one) for name in FORMATS for one in OPTIONS.get(name, ({},))])
def test_a_delivery_is_what_is_rendered(space: Space, name: str, options: Mapping[str, Any]) -> None:
    form = format_named(name)
    given = msgspec.structs.asdict(msgspec.convert(options, form.options)) if form.options else {}
    fitted = [fit(record, form.carries, "convert", Ledger()) for record in exported(space)]
    assert delivered(space, name, options) == render(form, fitted, Context(CLASSES, given))


QUOTED = Section("rows", b"\r\n", terminated=True, quoted=True)


def test_a_separator_between_quotes_is_text() -> None:
    assert split(QUOTED, b'1,"a\r\nb ""c"""\r\n2,d') == [b'1,"a\r\nb ""c"""', b"2,d"]


def laid(*parts: bytes | Section, rows: int | None = None, size: int | None = None) -> Format:
    return Format("laid", documents=lambda _: (Document("{part}", parts, rows, size),))


LINES = Section("rows", b"\n")


@pytest.mark.parametrize(
    ("form", "files"),
    [
        (laid(b"<", LINES, b">", rows=2), [b"<a\nbb>", b"<ccc>"]),
        (laid(b"<", LINES, b">", size=6), [b"<a\nbb>", b"<ccc>"]),
        (laid(b"<", LINES, b">", size=5), [b"<a>", b"<bb>", b"<ccc>"]),
        (laid(b"<", LINES, b">", size=1), [b"<a>", b"<bb>", b"<ccc>"]),
        (laid(msgspec.structs.replace(LINES, terminated=True), size=5), [b"a\nbb\n", b"ccc\n"]),
        (laid(msgspec.structs.replace(LINES, terminated=True), size=4), [b"a\n", b"bb\n", b"ccc\n"]),
    ],
)
def test_parts_end_before_the_element_that_is_too_many(form: Format, files: list[bytes]) -> None:
    made = documents(form, [Row("rows", b"a\nbb"), Row("rows", b"ccc")], Context(()))
    assert made == {str(number): data for number, data in enumerate(files)}


def test_without_elements_there_is_one_part() -> None:
    assert documents(laid(b"<", LINES, b">", rows=2), [], Context(())) == {"0": b"<>"}
