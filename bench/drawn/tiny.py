"""W4: tiny tasks, one answer each."""

import numpy as np

from drawn.draw import PEOPLE, Draw, moments


def lines(span: tuple[int, int]) -> bytes:
    """Return a run of tasks as lines of native JSON."""
    first, last = span
    count = last - first
    draw = Draw(4, first)
    ids, numbers = draw.ids(4 * count), draw.below(1 << 30, 2 * count)
    lines = []
    for i, at in zip(range(first, last), moments(np.arange(first, last)), strict=True):
        lines.append(
            f'{{"id":"{next(ids)}","name":"row-{i}","asset":{{"id":"{next(ids)}","kind":"text"}},"workflow":{{"updated_at"'
            f':"{at}"}},"labels":[{{"id":"{next(ids)}","author":"{PEOPLE[next(numbers) % 40]}","annotations":[{{"id":'
            f'"{next(ids)}","answers":[{{"kind":"radio","key":"sentiment","option":{{"value":"answer_{next(numbers) % 6}'
            '"}}]}]}]}\n'
        )
    return "".join(lines).encode()
