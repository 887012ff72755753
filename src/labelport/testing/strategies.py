"""Hypothesis strategies for the whole model: valid by construction, every kind of shape, answers nested to any depth.

    from hypothesis import given
    from labelport.testing.strategies import records

    @given(records(kinds=("box", "polygon_with_hole")))
    def test_it_holds(record): ...

`kinds` are those that `labelport.model.geometry.kind` names; `"classification"` is an annotation without a shape.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset, Attachment, Embedding
from labelport.model.label import Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue, Status, Workflow
from labelport.testing.assets import assets
from labelport.testing.geometries import KINDS, geometries, homes
from labelport.testing.labels import Frame, labels_on
from labelport.testing.ontologies import answers, ontologies
from labelport.testing.words import hostile_names, ids, maybe, moments, names, objects, some, texts

__all__ = [
    "KINDS",
    "answers",
    "assets",
    "geometries",
    "hostile_names",
    "ids",
    "labels",
    "moments",
    "names",
    "ontologies",
    "projects",
    "records",
    "texts",
]

T = TypeVar("T")


@st.composite
def labels(draw: st.DrawFn, ontology: Ontology | None = None, kinds: tuple[str, ...] = ()) -> Label:
    """Draw a label of some asset; its classes are the ontology's (any, without one) by number."""
    asset = draw(_assets(kinds))
    known = ontology or draw(ontologies())
    return draw(labels_on(Frame(asset, known, kinds), "label"))


@st.composite
def records(
    draw: st.DrawFn, ontology: Ontology | None = None, kinds: tuple[str, ...] = (), number: int | None = None
) -> Record:
    """Draw a task with its asset and labels; ids and numbers inside start with `number`, so that they never clash."""
    known = ontology or draw(ontologies())
    asset = draw(_assets(kinds))
    place = draw(st.integers(1, 9)) if number is None else number
    return draw(_record(Frame(asset, known, kinds, 1000 * place), place))


@st.composite
def projects(draw: st.DrawFn, kinds: tuple[str, ...] = (), max_size: int = 3) -> tuple[Ontology, tuple[Record, ...]]:
    """Draw an ontology and records by it; ids, numbers and paths are unique, names need not be."""
    known = draw(ontologies())
    count = draw(st.integers(0, max_size))
    return known, tuple(draw(records(known, kinds, number)) for number in range(1, count + 1))


def _assets(kinds: tuple[str, ...]) -> SearchStrategy[Asset]:
    shapes = tuple(kind for kind in kinds if kind != "classification")
    return assets(homes(shapes) if shapes else tuple(KINDS))


@st.composite
def _record(draw: st.DrawFn, frame: Frame, number: int) -> Record:
    said = _several(lambda i: labels_on(frame.shifted(100 * i), f"t{number}-l{i}"), 2)
    guessed = _several(lambda i: labels_on(frame.shifted(500 + 100 * i), f"t{number}-p{i}", "model"), 1)
    return Record(
        id=f"t{number}",
        name=draw(names()),
        asset=frame.asset,
        number=number,
        path=f"{number:04}.jpg",
        workflow=draw(_workflows()),
        labels=draw(said),
        predictions=draw(guessed),
        issues=draw(_several(lambda i: _issue(frame.asset, f"t{number}-i{i}"), 1)),
        **draw(_about()),
    )


@cache
def _about() -> SearchStrategy[dict[str, Any]]:
    embedding = st.builds(Embedding, names(), st.lists(st.floats(-1, 1), min_size=1, max_size=4).map(tuple))
    return some(
        external_id=ids(),
        global_key=ids(),
        metadata=objects(),
        attachments=st.tuples(st.builds(Attachment, names(), texts(), maybe(names()))),
        embeddings=st.tuples(embedding),
        stage_history=st.lists(_visits(), max_size=2).map(tuple),
        extra=objects(),
    )


def _several(make: Callable[[int], SearchStrategy[T]], most: int) -> SearchStrategy[tuple[T, ...]]:
    return st.integers(0, most).flatmap(lambda count: st.tuples(*(make(i) for i in range(count))))


@cache
def _workflows() -> SearchStrategy[Workflow]:
    about = some(
        stage=st.sampled_from(("label", "review")),
        status=st.sampled_from(get_args(Status)),
        batch=ids(),
        dataset=ids(),
        priority=st.integers(-5, 5),
        assignees=st.lists(ids(), max_size=2).map(tuple),
        reviewers=st.tuples(ids()),
        tags=st.lists(texts(), max_size=2).map(tuple),
        created_at=moments(),
        updated_at=moments(),
        completed_at=moments(),
    )
    return about.map(lambda fields: Workflow(**fields))


@st.composite
def _issue(draw: st.DrawFn, asset: Asset, name: str) -> Issue:
    return Issue(
        id=name,
        frame=draw(st.integers(0, asset.frames - 1)) if asset.frames else None,
        **draw(_about_issue()),
    )


@cache
def _about_issue() -> SearchStrategy[dict[str, Any]]:
    said = st.builds(Comment, texts(), maybe(ids()), maybe(moments()))
    return some(
        resolved=st.booleans(),
        by=ids(),
        at=moments(),
        position=st.tuples(st.floats(0, 64), st.floats(0, 64)),
        comments=st.lists(said, max_size=2).map(tuple),
    )


@cache
def _visits() -> SearchStrategy[Visit]:
    about = some(
        entered_at=moments(),
        left_at=moments(),
        by=ids(),
        outcome=st.sampled_from(("accepted", "rejected", "skipped")),
        milliseconds=st.integers(0, 10**9),
        extra=objects(),
    )
    return st.builds(lambda stage, fields: Visit(stage, **fields), st.sampled_from(("label", "review")), about)
