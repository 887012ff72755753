"""Answers as RedBrick has them, values by the names of questions, and back."""

from collections.abc import Iterable, Iterator
from typing import Any

from labelport.formats.redbrick.document import Values
from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree


def values(answers: Iterable[Answer]) -> Values:
    """Return answers as values by their keys; of several with one key, the last."""
    return {answer.key: _value(answer) for answer in answers}


def answers(given: Values) -> Iterator[Answer]:
    """Yield values as answers: a text is an option, a list several of them."""
    for key, value in given.items():
        match value:
            case bool():
                yield Boolean(key, value)
            case int() | float():
                yield Number(key, value)
            case list():
                yield Checklist(key, tuple(Option(str(item)) for item in value))
            case None:
                pass
            case _:
                yield Radio(key, Option(str(value)))


def _value(answer: Answer) -> Any:  # noqa: ANN401  a value of JSON
    match answer:
        case Radio(option=Option(value=value)) | Text(text=value) | Number(number=value) | Boolean(yes=value):
            return value
        case Checklist():
            return [option.value for option in answer.options]
        case Tree():
            return ["/".join(path) for path in answer.paths]
        case Ranking():
            return list(answer.order)
