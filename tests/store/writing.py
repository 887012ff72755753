"""Run as a process of its own: saves tasks, one transaction each, as fast as it can."""

import sys
from pathlib import Path

from tests.spaces import Space, record


def main(folder: str, project: str, first: str, count: str) -> None:
    """Save `count` tasks, numbered from `first`."""
    target = Space(Path(folder)).work.project(project)
    for i in range(int(first), int(first) + int(count)):
        target.save([record(i)])


if __name__ == "__main__":
    main(*sys.argv[1:])
