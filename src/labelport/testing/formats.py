"""The suite that every format passes; the test of a format is a subclass.

class TestMine(FormatTests):
    name = "mine"                         # as the registry finds it
    kinds = ("box",)                      # what random records hold; by default all that the format carries or converts
    def read(self, files): return ...     # objects that a reader which is not ours finds
"""

import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.fidelity import FEATURES, KEYFRAME, Ledger, fit
from labelport.kit.count import annotations, elements, units
from labelport.kit.destination import safe
from labelport.kit.format import FILES, Context, File, Format, Lost, Row
from labelport.model.export import Loss
from labelport.model.geometry import Geometry, kind
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.shapes.frames import Wanted
from labelport.testing import conformance
from labelport.testing.cases import CLASSES, pictures
from labelport.testing.geometries import KINDS
from labelport.testing.render import encoded, inputs, join, render, sections, spliced, split
from labelport.testing.strategies import ontologies, records

ALLOWANCE = 4_000_000
"""Bytes that an encoder may hold while it streams five hundred records of 13 kB each."""
MANY = 500
_settings = settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class FormatTests:
    """The laws of a format."""

    name: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[Mapping[str, Any]] = {}
    compares: ClassVar[bool] = False
    """Whether `decode` gives back the very records that went in."""

    def read(self, files: Mapping[str, bytes]) -> int | None:
        """Return how many objects a reader that is not ours finds; None where the format has no such thing."""
        raise NotImplementedError("an independent reader is what makes this a test")

    def objects(self, given_: Sequence[Record]) -> int:
        """Return how many objects the reader ought to find, but for what drawing drops."""
        return sum(map(annotations, given_))

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """Return how many records and annotations `decode` ought to find, but for what drawing drops."""
        return len(given_), sum(map(annotations, given_))

    def shapes(self, files: Mapping[str, bytes]) -> list[Geometry] | None:
        """Return the shapes that are read back, in the order of their classes; None where nothing reads them."""
        if self.format.decode is None:
            return None
        back = [item for item in self.format.decode(inputs(files)) if isinstance(item, Record)]
        marks = [one for record in back for label in record.labels for one in label.annotations]
        return [one.geometry for one in marks if one.geometry is not None]

    @property
    def format(self) -> Format:
        """The format under test."""
        return format_named(self.name)

    def drawn(self, data: st.DataObject) -> tuple[list[Record], Context]:
        """Draw a few records that the format carries, with numbers and paths as the store gives them."""
        ontology = data.draw(ontologies())
        given_ = [data.draw(records(ontology, self.kinds or self._carried(), number)) for number in range(1, 4)]
        return [self.fitted(record) for record in given_], self.context(ontology)

    def fitted(self, record: Record) -> Record:
        """Return the record as an export hands it to the encoder."""
        named = msgspec.structs.replace(record, path=f"task-{record.number}.bin")
        return fit(named, self.format.carries, "convert", Ledger())

    def context(self, ontology: Ontology) -> Context:
        """Return what the format knows before the first record."""
        kind = self.format.options
        options = msgspec.structs.asdict(msgspec.convert(self.options, kind)) if kind else {}
        return Context(ontology.classes, options)

    @_settings
    @given(st.data())
    def test_same_records_give_the_same_bytes(self, data: st.DataObject) -> None:
        """No clock, no chance, no state from one document to the next."""
        given_, context = self.drawn(data)
        assert render(self.format, given_, context) == render(self.format, given_, context)

    @_settings
    @given(st.data())
    def test_rows_of_a_record_do_not_depend_on_others(self, data: st.DataObject) -> None:
        """What makes it safe to run shards apart and to go on after a crash."""
        given_, context = self.drawn(data)
        together = [list(encoded(self.format, record, context)) for record in given_]
        apart = [list(encoded(self.format, record, context)) for record in reversed(given_)]
        assert together == apart[::-1]

    @_settings
    @given(st.data())
    def test_elements_in_the_bytes_are_those_of_the_account(self, data: st.DataObject) -> None:
        """The gate before a delivery counts the same, for each record and in the joined bytes."""
        given_, context = self.drawn(data)
        account = {part.name: 0 for part in sections(self.format, context)}
        joined: dict[str, list[bytes]] = {name: [] for name in account}
        for record in given_:
            made = self._made(record, context, joined)
            wanted = self._wanted(record, context)
            assert {name: made[name] for name in wanted} == wanted
            account = {name: count + made[name] for name, count in account.items()}
        for part in sections(self.format, context):
            assert elements(part, join(part, joined[part.name])) == account[part.name]

    @_settings
    @given(st.data())
    def test_elements_are_those_of_the_account_whichever_frames_are_wanted(self, data: st.DataObject) -> None:
        """Tracks are written in the frames that were asked for, and counted so."""
        given_, context = self.drawn(data)
        sampled = msgspec.structs.replace(context, frames=data.draw(st.sampled_from(_SAMPLED)))
        for record in given_:
            wanted = self._wanted(record, sampled)
            made = self._made(record, sampled, defaultdict(list))
            assert {name: made[name] for name in wanted} == wanted

    @_settings
    @given(st.data())
    def test_splicing_gives_the_bytes_of_encoding(self, data: st.DataObject) -> None:
        """The fast way is the same way."""
        if self.format.splice is None:
            pytest.skip("it does not splice")
        given_, context = self.drawn(data)
        assert spliced(self.format, given_, context) == render(self.format, given_, context)

    @_settings
    @given(st.data())
    def test_every_task_is_found_again_in_its_elements(self, data: st.DataObject) -> None:
        """What deltas are folded by."""
        number = self.format.number
        if number is None:
            pytest.skip("it is not folded")
        given_, context = self.drawn(data)
        known = {part.name: part for part in sections(self.format, context)}
        for record in given_:
            for item in encoded(self.format, record, context):
                if isinstance(item, Row):
                    found = {number(item.section, one) for one in split(known[item.section], item.data)}
                    assert found == {record.number}

    @_settings
    @given(st.data())
    def test_paths_are_unique_safe_and_inside(self, data: st.DataObject) -> None:
        """No file leaves its delivery or hides another."""
        given_, context = self.drawn(data)
        paths = list(render(self.format, given_, context))
        assert [safe(path) for path in paths] == paths

    @_settings
    @given(st.data())
    def test_parts_of_a_split_are_kept_apart(self, data: st.DataObject) -> None:
        """A format that places parts itself never puts a file where it would be in another part."""
        if self.format.parts == "folders":
            pytest.skip("each part has a folder of its own")
        given_, context = self.drawn(data)
        contexts = [msgspec.structs.replace(context, parts=("train", "val"), part=part) for part in ("train", "val")]
        for record in given_:
            first, second = (
                {item.path for item in encoded(self.format, record, one) if isinstance(item, File)} for one in contexts
            )
            assert not first & second

    @_settings
    @given(st.data())
    def test_it_reads_back(self, data: st.DataObject) -> None:
        """`decode` finds every record and annotation."""
        if self.format.decode is None:
            pytest.skip("it is not read")
        given_, context = self.drawn(data)
        found = list(self.format.decode(inputs(render(self.format, given_, context))))
        back = [item for item in found if isinstance(item, Record)]
        tasks, held = self.returned(given_)
        assert (len(back), sum(map(annotations, back))) == (tasks, held - self._lost(given_, context))
        if self.compares:
            assert back == given_

    @_settings
    @given(st.data())
    def test_an_independent_reader_agrees(self, data: st.DataObject) -> None:
        """A reader that this project did not write finds as many objects."""
        given_, context = self.drawn(data)
        found = self.read(render(self.format, given_, context))
        if found is not None:
            assert found == self.objects(given_) - self._lost(given_, context)

    @pytest.mark.parametrize("case", conformance.SHAPES)
    def test_shapes_come_back(self, case: str) -> None:
        """What is carried as it is covers the same pixels afterwards; what is not, those of what the report says."""
        record = conformance.record(case)
        given_, context = [self.fitted(record)], self.context(Ontology(CLASSES))
        found = self.shapes(render(self.format, given_, context))
        if found is None:
            pytest.skip("nothing reads its shapes")
        wanted = [shape for one in conformance.SHAPES[case] for shape in self._foreseen(one, record)]
        if lost := self._lost(given_, context):
            seen = [shape for shape in wanted if shape is None or conformance.pixels(shape).any()]
            assert lost == len(wanted) - len(seen)
            wanted = seen
        assert len(found) == len(wanted)
        for shape, back in zip(wanted, found, strict=True):
            assert shape is None or conformance.agreement(shape, back) == 1.0

    def test_memory_does_not_grow(self) -> None:
        """An encoder keeps nothing of the records that it has seen."""
        context = self.context(Ontology(CLASSES))
        line = msgspec.json.encode(self.fitted(pictures()[0]))
        self._streamed(line, context, 2)
        tracemalloc.start()
        self._streamed(line, context, MANY)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < ALLOWANCE

    def _lost(self, given_: Sequence[Record], context: Context) -> int:
        """Return how many annotations the encoder says that it drops, as only drawing shows."""
        items = [item for record in given_ for item in encoded(self.format, record, context)]
        lost = [item for item in items if isinstance(item, Lost) and item.fate == "dropped"]
        return sum(not item.what.startswith(KEYFRAME) and item.what not in FEATURES for item in lost)

    def _foreseen(self, shape: Geometry, record: Record) -> Iterator[Geometry | None]:
        """Yield the shape as the loss report says that it is written; None where it is the format's own way."""
        loss = next(loss for loss in _losses(record, self.format) if loss.what == kind(shape))
        match loss.fate:
            case "exact":
                yield shape
            case "converted":
                own = loss.how not in CONVERSIONS
                yield None if own else convert(shape, loss.how, conformance.HEIGHT, conformance.WIDTH)
            case "dropped":
                return

    def _streamed(self, line: bytes, context: Context, count: int) -> None:
        """Encode a record again and again, each time as a new one."""
        for number in range(count):
            record = msgspec.json.decode(line, type=Record)
            named = msgspec.structs.replace(record, number=number, path=f"task-{number}.bin")
            for item in encoded(self.format, named, context):
                assert item

    def _made(self, record: Record, context: Context, joined: Mapping[str, list[bytes]]) -> Counter[str]:
        """Return how many elements and files a record gives; append the elements to the joined ones."""
        known = {part.name: part for part in sections(self.format, context)}
        made: Counter[str] = Counter()
        for item in encoded(self.format, record, context):
            if isinstance(item, Row):
                found = split(known[item.section], item.data)
                joined[item.section].extend(found)
                made[item.section] += len(found)
            elif isinstance(item, File):
                made[FILES] += 1
        return made

    def _wanted(self, record: Record, context: Context) -> Mapping[str, int]:
        """Return how many elements the format says that a record gives in each section that it is laid out in."""
        places = {part.name for part in sections(self.format, context)} or {FILES}
        wanted = {name: units(record, unit) for name, unit in self.format.holds.items() if name in places}
        return wanted | dict(self.format.count(record, context) if self.format.count else {})

    def _carried(self) -> tuple[str, ...]:
        """Return the kinds that the format carries or converts; none where it carries all."""
        carries = self.format.carries
        taken = carries.kinds | set(carries.converts)
        return () if "*" in taken else tuple(kind for kind in (*_EVERY_KIND, "classification") if kind in taken)


_SAMPLED: tuple[Wanted, ...] = ("all", Fraction(2), Fraction(7, 3))
_EVERY_KIND = tuple(sorted({shape for shapes in KINDS.values() for shape in shapes}))


def _losses(record: Record, format_: Format) -> tuple[Loss, ...]:
    ledger = Ledger()
    fit(record, format_.carries, "convert", ledger)
    return ledger.losses(format_.title)
