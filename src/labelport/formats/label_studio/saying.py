"""Answers as results, each of a control called by the question's key: the counterpart of `answers`."""

from typing import Any, NamedTuple

from labelport.model.answers import Answer, Boolean, Checklist, Number, Radio, Ranking, Text, Tree


class Said(NamedTuple):
    """An answer as a result has it: its type, the control, and the key and content of its value."""

    type: str
    control: str
    key: str
    content: Any


def said(answer: Answer) -> Said:
    """Return an answer; yes or no are choices."""
    match answer:
        case Radio() | Boolean() | Checklist():
            return Said("choices", answer.key, "choices", _chosen(answer))
        case Text(key, text):
            return Said("textarea", key, "text", [text])
        case Number(key, number):
            return Said("number", key, "number", number)
        case Tree(key, paths):
            return Said("taxonomy", key, "taxonomy", paths)
        case Ranking(key, order):
            return Said("ranker", key, "ranker", {"_": order})


def _chosen(answer: Radio | Boolean | Checklist) -> list[str]:
    match answer:
        case Boolean(_, yes):
            return ["true" if yes else "false"]
        case Radio(_, option):
            return [option.value]
        case Checklist(_, options):
            return [option.value for option in options]
