"""Rows of the table: a goal, and how far it is reached."""

from typing import NamedTuple


class Sizes(NamedTuple):
    """How large the workloads are, and how often each command runs."""

    small: int
    big: int
    million: int
    frames: int
    times: int


class Row(NamedTuple):
    """A line of the table, and the raw figures behind it."""

    what: str
    goal: str
    measured: str
    verdict: str
    raw: list[str]


def at_most(what: str, found: float, goal: float, unit: str, raw: list[object]) -> Row:
    """Return the row of a figure that should be small."""
    return Row(what, f"at most {goal:g} {unit}", f"{found:.2f}", verdict(goal / found), [str(one) for one in raw])


def at_least(what: str, found: float, goal: float, unit: str, raw: list[object]) -> Row:
    """Return the row of a figure that should be large."""
    return Row(what, f"at least {goal:g} {unit}", f"{found:.2f}", verdict(found / goal), [str(one) for one in raw])


def shown(what: str, measured: str, raw: list[object]) -> Row:
    """Return the row of a figure without a goal."""
    return Row(what, "", measured, "", [str(one) for one in raw])


def verdict(share: float) -> str:
    return (
        "met"
        if share >= 1
        else f"missed ({share:.0%} of the goal)"
        if share >= 0.5
        else f"**under half** ({share:.0%})"
    )
