"""A folder drawn as a tree, with a word on what is in it."""

from collections.abc import Sequence

import click


def tree(root: str, entries: Sequence[tuple[int, str, str]]) -> str:
    """Return the tree of entries under a root, each with its level (counted from 0), name and note."""
    drawn = [
        (_branch([level for level, _, _ in entries[i:]]) + name, note) for i, (_, name, note) in enumerate(entries)
    ]
    width = max((len(line) for line, _ in drawn), default=0) + 2
    lines = [f"{line.ljust(width)}{click.style(note, dim=True)}" if note else line for line, note in drawn]
    return "\n".join([click.style(root, bold=True), *lines])


def _branch(levels: Sequence[int]) -> str:
    """Return what stands before the first of the entries: a line for each folder that goes on below it."""
    own, *later = levels
    return "".join("│   " if _goes_on(later, level) else "    " for level in range(own)) + (
        "├── " if _goes_on(later, own) else "└── "
    )


def _goes_on(later: Sequence[int], level: int) -> bool:
    """Return whether another entry of the level comes before one further out."""
    return next((other == level for other in later if other <= level), False)
