"""The hash tree over a log: roots, proofs and their verification, as RFC 6962 (section 2.1) and RFC 9162 define them.

A leaf is given as its hash, `leaf_hash(data)`, which is what the log keeps. Proofs are made in one pass over the
leaves with memory for a logarithm of them.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice

from labelport.errors import IntegrityError

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""
WIDTH = 32
Proof = tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of an entry: a leaf of the tree."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others; the prefix keeps it from being taken for a leaf."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """What a writer keeps of a tree to append to it: the roots of its full subtrees, the largest first."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf; takes constant time on average."""
        peaks, full = self._peaks, self.size
        while full & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            full >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        *larger, last = self._peaks
        for peak in reversed(larger):
            last = node_hash(peak, last)
        return last

    def __bytes__(self) -> bytes:
        """Return all of it: the size in eight bytes, then the hashes."""
        return self.size.to_bytes(8) + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Return the frontier that `bytes()` wrote; raises `IntegrityError` where size and hashes do not match."""
        frontier = cls()
        frontier.size = int.from_bytes(data[:8])
        frontier._peaks = [data[i : i + WIDTH] for i in range(8, len(data), WIDTH)]
        if len(data) != 8 + WIDTH * frontier.size.bit_count():
            raise IntegrityError(f"a frontier of {frontier.size} leaves does not take {len(data)} bytes")
        return frontier


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the leaves (RFC 6962, section 2.1)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion(leaves: Iterable[bytes], *, index: int, size: int) -> Proof:
    """Return the proof that leaf `index` is in the tree over the first `size` leaves (section 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return tuple(_path(iter(leaves), index, size))


def consistency(leaves: Iterable[bytes], *, old: int, size: int) -> Proof:
    """Return the proof that the tree over the first `old` leaves is a prefix of that over `size` (section 2.1.2)."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves does not hold one of {old}")
    return tuple(_subproof(iter(leaves), old, size)) if 0 < old < size else ()


def is_included(leaf: bytes, proof: Iterable[bytes], *, index: int, size: int, root: bytes) -> bool:
    """Return whether the proof leads from the leaf to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, reached = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            reached = node_hash(hash_, reached)
            first, last = _climb(first, last)
        else:
            reached = node_hash(reached, hash_)
        first, last = first >> 1, last >> 1
    return last == 0 and reached == root


def is_consistent(proof: Iterable[bytes], *, old: int, old_root: bytes, size: int, root: bytes) -> bool:
    """Return whether the proof shows that nothing before `old` was changed (RFC 9162, section 2.1.4.2)."""
    path = list(proof)
    if not 0 < old < size:
        return not path and ((old == size and old_root == root) or (old == 0 < size and old_root == EMPTY))
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_reached = reached = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_reached, reached = node_hash(hash_, old_reached), node_hash(hash_, reached)
            first, last = _climb(first, last)
        else:
            reached = node_hash(reached, hash_)
        first, last = first >> 1, last >> 1
    return last == 0 and old_reached == old_root and reached == root


def _climb(first: int, last: int) -> tuple[int, int]:
    """Return both numbers shifted until the first is odd or zero: levels at which its node has no sibling."""
    while not first & 1 and first:
        first, last = first >> 1, last >> 1
    return first, last


def _path(leaves: Iterator[bytes], index: int, size: int) -> Iterator[bytes]:
    if size == 1:
        _skip(leaves, 1)
        return
    half = _half(size)
    if index < half:
        yield from _path(leaves, index, half)
        yield _root_of(leaves, size - half)
    else:
        left = _root_of(leaves, half)
        yield from _path(leaves, index - half, size - half)
        yield left


def _subproof(leaves: Iterator[bytes], old: int, size: int, *, whole: bool = True) -> Iterator[bytes]:
    """Yield SUBPROOF(old, leaves, whole): `whole` while the verifier knows the root of the old part."""
    if old == size:
        if whole:
            _skip(leaves, size)
        else:
            yield _root_of(leaves, size)
        return
    half = _half(size)
    if old <= half:
        yield from _subproof(leaves, old, half, whole=whole)
        yield _root_of(leaves, size - half)
    else:
        left = _root_of(leaves, half)
        yield from _subproof(leaves, old - half, size - half, whole=False)
        yield left


def _half(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _root_of(leaves: Iterator[bytes], count: int) -> bytes:
    frontier = Frontier()
    for leaf in islice(leaves, count):
        frontier.append(leaf)
    return _complete(frontier.root(), frontier.size, count)


def _skip(leaves: Iterator[bytes], count: int) -> None:
    seen = deque(enumerate(islice(leaves, count), 1), maxlen=1)
    _complete(b"", seen[0][0] if seen else 0, count)


def _complete(found: bytes, seen: int, count: int) -> bytes:
    if seen < count:
        raise IntegrityError(f"the log ends {count - seen} leaves before the size that the proof is for")
    return found
