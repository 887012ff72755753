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
    _put(found, answers, "")
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


def _put(found: dict[str, Plain], answers: Iterable[Answer], above: str) -> None:
    for answer in answers:
        key, number = above + answer.key, 1
        while key in found:
            number += 1
            key = f"{above}{answer.key}#{number}"
        if isinstance(answer, Radio):
            found[key] = answer.option.value
            _put_opened(found, (answer.option,), key)
        elif isinstance(answer, Checklist):
            found[key] = [option.value for option in answer.options]
            _put_opened(found, answer.options, key)
        else:
            found[key] = _value(answer)


def _put_opened(found: dict[str, Plain], options: Iterable[Option], key: str) -> None:
    for option in options:
        if option.answers:
            _put(found, option.answers, f"{key}/{option.value}/")


def _value(answer: Text | Number | Boolean | Tree | Ranking) -> Plain:
    match answer:
        case Text(_, value) | Number(_, value) | Boolean(_, value) | Tree(_, value) | Ranking(_, value):
            return value


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
