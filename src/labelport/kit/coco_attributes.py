"""Answers as COCO's `attributes`, an extension that several tools write: an object of keys and plain values.

Radio, text: a string; boolean, number: as they are; checklist: strings; tree: paths as lists; ranking: strings in
order. The answers that a chosen option opens stand beside, under `question/option/question`. A key that is there
already gets `#2`, `#3` ...
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from labelport.errors import Fault
from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.ontology import Attribute

Plain = str | int | float | bool | Sequence[str] | Sequence[Sequence[str]]


def attributes(answers: Iterable[Answer]) -> dict[str, Plain]:
    """Return the answers as an object."""
    found: dict[str, Plain] = {}
    for key, value in _flat(answers, ""):
        free, number = key, 1
        while free in found:
            number += 1
            free = f"{key}#{number}"
        found[free] = value
    return found


def answers(given: Mapping[str, Any], questions: Iterable[Attribute], faults: list[Fault]) -> tuple[Answer, ...]:
    """Return an object as answers, of the kind that the question has, or else that the value suggests."""
    kinds = {question.key: question.kind for question in questions} if questions else {}
    found: list[Answer] = []
    for key, value in given.items():
        if isinstance(value, str):
            found.append(Radio(key, Option(value)) if kinds.get(key) == "radio" else Text(key, value))
        elif value is not None:
            found += _answer(key, value, kinds.get(key), faults)
    return tuple(found)


def _flat(answers: Iterable[Answer], above: str) -> Iterator[tuple[str, Plain]]:
    for answer in answers:
        key = above + answer.key
        match answer:
            case Radio(_, option):
                yield key, option.value
                yield from _flat(option.answers, f"{key}/{option.value}/")
            case Checklist(_, options):
                yield key, [option.value for option in options]
                for option in options:
                    yield from _flat(option.answers, f"{key}/{option.value}/")
            case Text(_, text):
                yield key, text
            case Number(_, number):
                yield key, number
            case Boolean(_, yes):
                yield key, yes
            case Tree(_, paths):
                yield key, paths
            case Ranking(_, order):
                yield key, order


def _answer(key: str, value: object, kind: str | None, faults: list[Fault]) -> Iterator[Answer]:
    match value:
        case bool():
            yield Boolean(key, value)
        case int() | float():
            yield Number(key, value)
        case list() if all(isinstance(item, str) for item in value):
            texts = tuple(map(str, value))
            yield Ranking(key, texts) if kind == "ranking" else Checklist(key, tuple(map(Option, texts)))
        case list() if all(isinstance(path, list) and path for path in value):
            yield Tree(key, tuple(tuple(map(str, path)) for path in value))
        case _:
            faults.append(
                Fault(f".attributes.{key}", "is no answer: neither text, number, yes or no, nor a list of them")
            )
