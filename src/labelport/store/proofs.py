"""Proofs of inclusion for many events of a log, in memory that grows by an eighth of a byte an event.

Leaves are read in tiles of 256. The roots of tiles make a tree of their own, whose paths end those inside of a tile.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from labelport.store.db import Database
from labelport.store.merkle import EMPTY, node_hash

TILE = 256
KEPT = 64
"""Tiles that are kept, for events that stand near to each other."""


class Levels:
    """A tree over some hashes, level by level: a node without a sibling stands for itself one level up."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        """Hash upwards until one is left."""
        self._levels = [list(hashes)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            paired = [node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
            self._levels.append(paired + below[len(below) - len(below) % 2 :])

    @property
    def root(self) -> bytes:
        """The hash over all (RFC 6962, section 2.1)."""
        return self._levels[-1][0] if self._levels[-1] else EMPTY

    def path(self, index: int) -> Iterator[bytes]:
        """Yield the siblings on the way from a hash to the root (RFC 6962, section 2.1.1)."""
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                yield level[index ^ 1]
            index >>= 1


class Prover:
    """Proves that events are in the first `size` events of a log."""

    def __init__(self, db: Database, log: int, size: int) -> None:
        """Read every leaf once."""
        self._db, self._log, self._size = db, log, size
        self._tile = lru_cache(KEPT)(self._read)
        self._above = Levels(self._read(tile).root for tile in range(-(-size // TILE)))

    @property
    def root(self) -> bytes:
        """The root that proofs lead to."""
        return self._above.root

    def proof(self, position: int) -> list[bytes]:
        """Return the proof for the event at a position."""
        tile, place = divmod(position, TILE)
        return [*self._tile(tile).path(place), *self._above.path(tile)]

    def _read(self, tile: int) -> Levels:
        first = tile * TILE
        values = {"log": self._log, "first": first, "beyond": min(first + TILE, self._size)}
        return Levels(row[0] for row in self._db.rows("leaves_between", values))
