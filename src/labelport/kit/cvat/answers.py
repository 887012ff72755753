"""The values of attributes as answers, of the kind that the label defines; what it does not define is text."""

from sys import float_info

from labelport.errors import Fault
from labelport.kit.cvat.labels import Spec
from labelport.kit.cvat.values import as_flag, as_number, as_whole, shown
from labelport.model.answers import Answer, Boolean, Number, Option, Radio, Text

UNDEFINED = "__undefined__"
"""What CVAT's page writes where nothing was chosen."""


def answer(key: str, spec: Spec | None, value: object, at: str, faults: list[Fault]) -> Answer | None:
    """Return the answer; None where nothing was answered, or, with a fault, something else than what was asked."""
    if not isinstance(value, str):
        faults.append(Fault(at, "is missing" if value is None else f"{shown(value)} is not a text"))
        return None
    kind = spec.kind if spec else "text"
    if kind == "text":
        return Text(key, value)
    if value in ("", UNDEFINED):
        return None
    if kind == "radio":
        return Radio(key, Option(value))
    made = _boolean(key, value) if kind == "boolean" else _number(key, value)
    if made is None:
        faults.append(Fault(at, f"{shown(value)} is not {'yes or no' if kind == 'boolean' else 'a number'}"))
    return made


def _boolean(key: str, value: str) -> Boolean | None:
    yes = as_flag(value)
    return None if yes is None else Boolean(key, yes)


def _number(key: str, value: str) -> Number | None:
    whole = as_whole(value)
    number = whole if whole is not None else as_number(value, float_info.max)
    return None if number is None else Number(key, number)
