"""The suite that every format passes; the test of a format is a subclass.

class TestMine(FormatTests):
    name = "mine"                         # as the registry finds it
    kinds = ("box",)                      # what random records hold; by default all that the format carries
    def read(self, files): return ...     # objects that a reader which is not ours finds
"""

import tracemalloc
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.kit.count import annotations, units
from labelport.kit.format import FILES, Context, File, Format, Input, Row, Stored
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Mask, Polygon, TextSpan, kind
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of
from labelport.registry import format_named
from labelport.testing.geometries import KINDS
from labelport.testing.render import documents, render, section
from labelport.testing.strategies import ontologies, records

ALLOWANCE = 4_000_000
"""Bytes that an encoder may hold while it streams two thousand records."""
_settings = settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class FormatTests:
    """The laws of a format."""

    name: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[Mapping[str, Any]] = {}
    reads_back: ClassVar[bool] = True
    """Whether `decode` finds as many records and annotations as went in."""
    compares: ClassVar[bool] = False
    """Whether `decode` gives back the very records that went in."""

    def read(self, files: Mapping[str, bytes]) -> int | None:
        """Return how many objects a reader that is not ours finds; None where the format has no such thing."""
        raise NotImplementedError("an independent reader is what makes this a test")

    @pytest.fixture
    def format(self) -> Format:
        """The format under test."""
        return format_named(self.name)

    def drawn(self, data: st.DataObject) -> tuple[list[Record], Context]:
        """Draw a few records that the format carries, with numbers and paths as the store gives them."""
        ontology = data.draw(ontologies())
        kinds = self.kinds or self._carried()
        given_ = [data.draw(records(ontology, kinds, number)) for number in range(1, 4)]
        return [self.fitted(record) for record in given_], self.context(ontology)

    def fitted(self, record: Record) -> Record:
        """Return the record as an export hands it to the encoder."""
        named = msgspec.structs.replace(record, path=f"task-{record.number}.bin")
        return fit(named, format_named(self.name).carries, "convert", Ledger())

    def context(self, ontology: Ontology) -> Context:
        """Return what the format knows before the first record."""
        kind = format_named(self.name).options
        options = msgspec.structs.asdict(msgspec.convert(self.options, kind)) if kind else {}
        return Context(ontology.classes, options)

    @_settings
    @given(st.data())
    def test_same_records_give_the_same_bytes(self, data: st.DataObject) -> None:
        """No clock, no chance, no state from one record to the next."""
        given_, context = self.drawn(data)
        format_ = format_named(self.name)
        assert render(format_, given_, context) == render(format_, given_, context)

    @_settings
    @given(st.data())
    def test_rows_of_a_record_do_not_depend_on_others(self, data: st.DataObject) -> None:
        """What makes it safe to run shards apart and to go on after a crash."""
        given_, context = self.drawn(data)
        encode = self._encoder()
        together = [item for record in given_ for item in encode(record, context)]
        apart = [item for record in reversed(given_) for item in reversed(list(encode(record, context)))]
        assert together == apart[::-1]

    @_settings
    @given(st.data())
    def test_elements_in_the_bytes_are_those_of_the_account(self, data: st.DataObject) -> None:
        """The gate before a delivery counts the same."""
        given_, context = self.drawn(data)
        format_ = format_named(self.name)
        for record in given_:
            made: dict[str, int] = {}
            for item in self._encoder()(record, context):
                name = item.section if isinstance(item, Row) else FILES
                made[name] = made.get(name, 0) + (len(self._elements(item, context)) if isinstance(item, Row) else 1)
            wanted = {name: units(record, unit) for name, unit in format_.holds.items() if name in made}
            if format_.count is not None:
                wanted |= {name: count for name, count in format_.count(record, context).items() if count}
            assert {name: made.get(name, 0) for name in wanted} == wanted

    @_settings
    @given(st.data())
    def test_splicing_gives_the_bytes_of_encoding(self, data: st.DataObject) -> None:
        """The fast way is the same way."""
        format_ = format_named(self.name)
        if format_.splice is None:
            pytest.skip("it does not splice")
        given_, context = self.drawn(data)
        spliced = [item for record in given_ for item in self._spliced(format_, record, context)]
        assert documents(format_, spliced, context) == render(format_, given_, context)

    @_settings
    @given(st.data())
    def test_every_task_is_found_again_in_its_elements(self, data: st.DataObject) -> None:
        """What deltas are folded by."""
        format_ = format_named(self.name)
        if format_.number is None:
            pytest.skip("it is not folded")
        given_, context = self.drawn(data)
        for record in given_:
            for item in self._encoder()(record, context):
                for element in self._elements(item, context) if isinstance(item, Row) else ():
                    assert format_.number(item.section, element) == record.number

    @_settings
    @given(st.data())
    def test_paths_are_unique_safe_and_inside(self, data: st.DataObject) -> None:
        """No file leaves its delivery or hides another."""
        given_, context = self.drawn(data)
        for path in render(format_named(self.name), given_, context):
            pure = PurePosixPath(path)
            assert not pure.is_absolute()
            assert ".." not in pure.parts
            assert path == str(pure)

    @_settings
    @given(st.data())
    def test_it_reads_back(self, data: st.DataObject) -> None:
        """`decode` finds every record and annotation, and rejects nothing."""
        format_ = format_named(self.name)
        if format_.decode is None or not self.reads_back:
            pytest.skip("it is not read back one to one")
        given_, context = self.drawn(data)
        found = list(format_.decode(self._inputs(render(format_, given_, context))))
        back = [item for item in found if isinstance(item, Record)]
        assert sum(map(annotations, back)) == sum(map(annotations, given_))
        assert len(back) == len(given_)
        if self.compares:
            assert back == given_

    @_settings
    @given(st.data())
    def test_an_independent_reader_agrees(self, data: st.DataObject) -> None:
        """A reader that this project did not write finds as many objects."""
        given_, context = self.drawn(data)
        found = self.read(render(format_named(self.name), given_, context))
        if found is not None:
            assert found == self.objects(given_)

    def objects(self, given_: Iterable[Record]) -> int:
        """Return how many objects the reader ought to find."""
        return sum(map(annotations, given_))

    def test_memory_does_not_grow(self) -> None:
        """An encoder keeps nothing of the records it has seen."""
        encode, context = self._encoder(), self.context(Ontology((LabelClass(1, "thing"),)))
        record = self.fitted(_plain(self.kinds or self._carried()))
        for item in encode(record, context):
            assert item
        tracemalloc.start()
        for number in range(2, 2000):
            for _ in encode(msgspec.structs.replace(record, number=number, path=f"task-{number}.bin"), context):
                pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < ALLOWANCE

    def _elements(self, row: Row, context: Context) -> list[bytes]:
        """Return the elements of a row, told apart by what stands in the bytes."""
        part = section(format_named(self.name), row.section, context)
        return [row.data] if part.quoted else row.data.split(part.separator)

    def _carried(self) -> tuple[str, ...]:
        carries = format_named(self.name).carries
        return tuple(kind for kind in KINDS if "*" in carries.kinds or kind in carries.kinds)

    def _encoder(self) -> Any:  # noqa: ANN401  an `Encode`, once it is known to be there
        encode = format_named(self.name).encode
        assert encode is not None
        return encode

    def _spliced(self, format_: Format, record: Record, context: Context) -> Iterable[Row | File]:
        """Return what splicing makes of a record; what has no fragment is encoded, as an export does it."""
        assert format_.splice is not None
        apart = [msgspec.structs.replace(record, labels=(label,)) for label in record.labels]
        made = list(format_.fragment(apart)) if format_.fragment else []
        if None in made:
            return list(self._encoder()(record, context))
        return format_.splice(self._stored(record, tuple(one or b"" for one in made)), context)

    def _stored(self, record: Record, fragments: tuple[bytes, ...]) -> Stored:
        asset = record.asset
        return Stored(
            number=record.number,
            id=record.id,
            name=record.name,
            path=record.path,
            uri=asset.uri,
            width=asset.width,
            height=asset.height,
            state=state_of(record),
            annotations=annotations(record),
            line=msgspec.json.encode(record),
            fragments=fragments,
        )

    def _inputs(self, files: Mapping[str, bytes]) -> Iterator[Input]:
        for path, data in sorted(files.items()):
            yield Input(path, partial(BytesIO, data))


def _plain(kinds: tuple[str, ...]) -> Record:
    """Return an ordinary record with a shape of a kind."""
    shape = next((shape for shape in _SHAPES if kind(shape) in kinds), None)
    label = Label("label", annotations=tuple(Annotation(f"{i}", i, 1, shape) for i in range(1, 11)))
    asset = Asset(id="asset", kind="image", width=64, height=64)
    return Record("task", "task", asset, 1, "task-1.bin", labels=(label,))


_SHAPES = (Box(1, 2, 3, 4), Polygon((((0.0, 0.0, 9.0, 0.0, 9.0, 9.0),),)), Mask(8, 8, "@_1"), TextSpan(0, 1))


def golden(folder: Path, files: Mapping[str, bytes], *, write: bool) -> None:
    """Hold files to those in a folder, or write them there; the folder is looked at by people."""
    if write:
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    there = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert there == dict(files)
