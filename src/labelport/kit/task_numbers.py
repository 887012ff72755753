"""Which task an element is of, by what it begins with."""

import re

_TASK = re.compile(rb'\{"task":(\d+)')


def number(section: str, element: bytes) -> int:
    """Return the number of the task of a row that begins with it, as `task`."""
    return begun(_TASK, section, element)


def begun(pattern: re.Pattern[bytes], section: str, element: bytes) -> int:
    """Return the number that stands in the first group at the beginning of an element."""
    found = pattern.match(element)
    if found is None:
        raise ValueError(f"no row of {section!r}: {element[:40]!r}")
    return int(found[1])
