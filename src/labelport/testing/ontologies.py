"""Hypothesis strategies for ontologies, and for answers to their questions."""

from collections.abc import Callable
from functools import cache
from typing import Literal, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton
from labelport.testing.words import maybe, names, numbers, texts, words

_Kind = Literal["radio", "checklist", "text", "number", "boolean", "tree", "ranking"]
_KINDS: SearchStrategy[_Kind] = st.sampled_from(get_args(_Kind))


@st.composite
def ontologies(draw: st.DrawFn) -> Ontology:
    """Draw an ontology of two to five classes: the last has a skeleton; numbers have gaps, names are unique."""
    called = draw(st.lists(names(), min_size=2, max_size=5, unique=True))
    pinned = sorted(draw(st.sets(st.integers(1, 200), min_size=len(called), max_size=len(called))))
    classes = [
        LabelClass(
            number=number,
            name=name,
            colour=draw(st.none() | st.integers(0, 0xFFFFFF).map("#{:06x}".format)),
            parent=draw(st.none() | st.just(called[0])) if name != called[0] else None,
            skeleton=draw(_skeletons()) if name == called[-1] else None,
            attributes=draw(_questions()),
        )
        for number, name in zip(pinned, called, strict=True)
    ]
    return Ontology(tuple(classes), draw(_questions()))


@st.composite
def answers(draw: st.DrawFn, questions: tuple[Attribute, ...], depth: int = 2) -> tuple[Answer, ...]:
    """Draw answers to some of the questions; an option opens further ones, down to `depth`."""
    asked = [question for question in questions if draw(st.booleans())]
    return tuple([draw(_answer(question, depth)) for question in asked])


@st.composite
def _skeletons(draw: st.DrawFn) -> Skeleton:
    joints = draw(st.lists(names(), min_size=1, max_size=5, unique=True).map(tuple))
    index = st.integers(0, len(joints) - 1)
    return Skeleton(joints, draw(st.lists(st.tuples(index, index), max_size=4, unique=True).map(tuple)))


@st.composite
def _questions(draw: st.DrawFn, most: int = 2) -> tuple[Attribute, ...]:
    keys = draw(st.lists(words(), max_size=most, unique=True))
    return tuple([draw(_question(key)) for key in keys])


@st.composite
def _question(draw: st.DrawFn, key: str) -> Attribute:
    options = draw(st.lists(words(), min_size=1, max_size=4, unique=True).map(tuple))
    kind = draw(_KINDS)
    open_ended = kind in {"text", "number", "boolean"}
    return Attribute(key, kind, () if open_ended else options, draw(maybe(names())))


@st.composite
def _option(draw: st.DrawFn, value: str, depth: int) -> Option:
    inner = draw(_questions(1)) if depth else ()
    return Option(value, draw(answers(inner, depth - 1)) if inner else ())


@st.composite
def _chosen(draw: st.DrawFn, question: Attribute, depth: int) -> tuple[Option, ...]:
    chosen = [option for option in question.options if draw(st.booleans())]
    return tuple([draw(_option(value, depth)) for value in chosen])


def _paths(question: Attribute) -> SearchStrategy[tuple[tuple[str, ...], ...]]:
    path = st.lists(st.sampled_from(question.options), min_size=1, max_size=3).map(tuple)
    return st.lists(path, max_size=2, unique=True).map(tuple)


def _answer(question: Attribute, depth: int) -> SearchStrategy[Answer]:
    key = question.key
    match question.kind:
        case "radio":
            chosen = st.sampled_from(question.options).flatmap(lambda value: _option(value, depth))
            return st.builds(Radio, st.just(key), chosen)
        case "checklist":
            return st.builds(Checklist, st.just(key), _chosen(question, depth))
        case "tree":
            return st.builds(Tree, st.just(key), _paths(question))
        case "ranking":
            return st.builds(Ranking, st.just(key), st.permutations(question.options).map(tuple))
        case "text" | "number" | "boolean":
            plain = {"text": _texts, "number": _numbers, "boolean": _booleans}
            return plain[question.kind]().map(lambda make: make(key))


@cache
def _texts() -> SearchStrategy[Callable[[str], Answer]]:
    return texts().map(lambda text: lambda key: Text(key, text))


@cache
def _numbers() -> SearchStrategy[Callable[[str], Answer]]:
    return numbers().map(lambda number: lambda key: Number(key, number))


@cache
def _booleans() -> SearchStrategy[Callable[[str], Answer]]:
    return st.booleans().map(lambda yes: lambda key: Boolean(key, yes))
