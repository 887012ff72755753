"""Answers to the questions of an ontology, nested to any depth."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Option(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A chosen option and the answers to the questions that it opens, to any depth."""

    value: str
    answers: "tuple[Answer, ...]" = ()


class Radio(msgspec.Struct, frozen=True, gc=False, tag="radio", tag_field="kind"):
    """One option of several."""

    key: str
    option: Option


class Checklist(msgspec.Struct, frozen=True, gc=False, tag="checklist", tag_field="kind"):
    """Any number of options."""

    key: str
    options: tuple[Option, ...]


class Text(msgspec.Struct, frozen=True, gc=False, tag="text", tag_field="kind"):
    """A free text."""

    key: str
    text: str


class Number(msgspec.Struct, frozen=True, gc=False, tag="number", tag_field="kind"):
    """A number."""

    key: str
    number: int | float


class Boolean(msgspec.Struct, frozen=True, gc=False, tag="boolean", tag_field="kind"):
    """Yes or no."""

    key: str
    yes: bool


class Tree(msgspec.Struct, frozen=True, gc=False, tag="tree", tag_field="kind"):
    """Paths from the root of a tree of options to the chosen ones."""

    key: str
    paths: tuple[Annotated[tuple[str, ...], Meta(min_length=1)], ...]


class Ranking(msgspec.Struct, frozen=True, gc=False, tag="ranking", tag_field="kind"):
    """Things in order of preference, the best first."""

    key: str
    order: tuple[str, ...]


Answer = Radio | Checklist | Text | Number | Boolean | Tree | Ranking
