"""Documents that are cut into parts: by elements, not by rows, and the same whether shards come one way or the other."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.app.delivered import Delivery
from labelport.app.meter import Meter
from labelport.app.parsing import Parsed
from labelport.app.sheets import Sheet
from labelport.app.stage import Stage
from labelport.kit.format import Document, Row, Seal, Section
from labelport.kit.table import row, text
from labelport.model.export import ExportRequest, Manifest

LINES = Section("rows", b"\n", terminated=True)
ARRAY = Section("rows", b",\n")
CELLS = Section("rows", b"\r\n", terminated=True, quoted=True)
quick = settings(max_examples=60, deadline=None)
Shards = list[list[list[bytes]]]
"""Elements of rows of shards."""


def cells(draw: st.DrawFn) -> bytes:
    return row(
        draw(st.sampled_from(("1", "2"))),
        text(draw(st.sampled_from(("a", "b\r\nc", '"\r\n"', "d,e", "long " * 40_000)))),
    ).encode()


def backwards(elements: Iterator[bytes]) -> Iterator[bytes]:
    return (element[::-1] + b"\0" for element in elements)


SEAL = Seal(backwards, lambda file: (one[::-1] for one in file.read().split(b"\0")[:-1]))


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Document, Shards]:
    """Draw how a document is cut, and elements for it: some rows hold several."""
    section = draw(st.sampled_from((LINES, ARRAY, CELLS)))
    plain = st.sampled_from((b"x", b"yy", b"z" * 9))
    element = st.composite(cells)() if section.quoted else plain
    shards = draw(st.lists(st.lists(st.lists(element, min_size=1, max_size=4), max_size=4), max_size=4))
    head, tail = draw(st.sampled_from(((b"", b""), (b"[\n", b"\n]\n"))))
    parts = tuple(part for part in (head, section, tail) if part)
    rows, size = draw(st.sampled_from(((1, None), (3, None), (None, 12), (None, 30))))
    seal = SEAL if len(parts) == 1 and draw(st.booleans()) else None
    return Document("part-{part}.txt", parts, rows, size, seal), shards


def joined(section: Section, elements: list[bytes]) -> Row:
    return Row(section.name, section.separator.join(elements))


def made_here(folder: Path, document: Document, shards: Shards) -> dict[str, bytes]:
    section = next(part for part in document.parts if isinstance(part, Section))
    meter = Meter()
    sheet = Sheet(folder / "tree", folder / "aside", (document,), meter)
    for rows in shards:
        for elements in rows:
            sheet.add(joined(section, elements))
    return _finished(folder, sheet, meter)


def made_by_workers(folder: Path, document: Document, shards: Shards) -> dict[str, bytes]:
    section = next(part for part in document.parts if isinstance(part, Section))
    meter = Meter()
    sheet = Sheet(folder / "tree", folder / "aside", (document,), meter)
    for i, rows in enumerate(shards):
        stage = Stage(folder / str(i), {"one": (document,)}, folder / "tree")
        for elements in rows:
            stage.add("one", joined(section, elements), 1)
        stage.finish(b"{}")
        sheet.take(folder / str(i) / "sections" / "one", {"rows": sum(map(len, rows))})
    return _finished(folder, sheet, meter)


def _finished(folder: Path, sheet: Sheet, meter: Meter) -> dict[str, bytes]:
    found = [path for path, _ in sheet.finish()]
    meter.close()
    return {path: (folder / "tree" / path).read_bytes() for path in found}


@given(layouts())
@quick
def test_parts_do_not_depend_on_who_wrote_the_shards(layout: tuple[Document, Shards]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert made_here(Path(one), *layout) == made_by_workers(Path(other), *layout)


@given(layouts())
@quick
def test_a_part_ends_before_the_element_that_would_be_too_much(layout: tuple[Document, Shards]) -> None:
    document, shards = layout
    section = next(part for part in document.parts if isinstance(part, Section))
    fixed = [part for part in document.parts if isinstance(part, bytes)]
    wanted: list[list[bytes]] = [[]]
    for element in (element for rows in shards for elements in rows for element in elements):
        if wanted[-1] and _too_much(document, section, [*wanted[-1], element], sum(map(len, fixed))):
            wanted.append([])
        wanted[-1].append(element)
    with TemporaryDirectory() as folder:
        made = made_here(Path(folder), *layout)
    head, tail = (fixed or [b"", b""])[0], (fixed or [b"", b""])[-1]
    bodies = [_sealed(document, section, elements) for elements in wanted]
    assert made == {f"part-{i}.txt": head + body + tail for i, body in enumerate(bodies)}


@given(layouts())
@quick
def test_elements_are_read_back_through_all_parts(layout: tuple[Document, Shards]) -> None:
    document, shards = layout
    section = next(part for part in document.parts if isinstance(part, Section))
    if section.quoted and document.parts[-1] is not section:
        return
    empty = Manifest("0", "p", ExportRequest("p"), None, 0, "", 0, (), {}, (), (), (), "")
    with TemporaryDirectory() as folder:
        made_here(Path(folder), *layout)
        (Path(folder) / "tree" / "manifest.json").write_bytes(msgspec.json.encode(empty))
        found = list(Parsed(Delivery(f"{folder}/tree"), document).section(section))
    assert found == [element for rows in shards for elements in rows for element in elements]


def _too_much(document: Document, section: Section, elements: list[bytes], fixed: int) -> bool:
    if document.rows is not None:
        return len(elements) > document.rows
    return document.size is not None and len(_bytes(section, elements)) + fixed > document.size


def _sealed(document: Document, section: Section, elements: list[bytes]) -> bytes:
    return b"".join(document.seal.close(iter(elements))) if document.seal else _bytes(section, elements)


def _bytes(section: Section, elements: list[bytes]) -> bytes:
    if section.terminated:
        return b"".join(element + section.separator for element in elements)
    return section.separator.join(elements)
