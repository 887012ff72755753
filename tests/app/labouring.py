"""Run as a process of its own: works on tasks, one act a transaction, as fast as it can, until it is killed."""

import sys
from itertools import count
from pathlib import Path

from labelport.model import acts
from tests.spaces import Space

ROUND: tuple[acts.Work, ...] = (acts.Start(), acts.Save(), acts.Submit(), acts.Start(), acts.Reject("again"))


def main(folder: str) -> None:
    """Take every task round and round; say so once it has begun."""
    project = Space(Path(folder)).work.project("cars")
    for i in count():
        project.work(f"t{i % 5}", ROUND[i // 5 % len(ROUND)])
        if i == 9:
            print("begun", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
