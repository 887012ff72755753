"""What an author of an engine imports: something that runs the shards of an export."""

from collections.abc import Iterator
from typing import Protocol


class Engine(Protocol):
    """Runs shards, by their index, on whatever it has; each is a pure function of its index and may run twice."""

    def run(self, first: int, last: int) -> Iterator[int]:
        """Run shards `first` to `last` (exclusive); yield each index when its result is on disk, in order."""
