"""The hash tree against published vectors, and against the RFC's own recursive definition."""

from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import IntegrityError
from labelport.store.merkle import (
    EMPTY,
    Frontier,
    consistency,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root,
)

# The reference vectors of Certificate Transparency (its merkle tree tests).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCIES: dict[tuple[int, int], list[str]] = {
    (1, 1): [],
    (1, 8): INCLUSIONS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
PUBLISHED = [leaf_hash(entry) for entry in ENTRIES]
MOST = 70
DATA = [b"entry %d" % i for i in range(MOST)]
LEAVES = [leaf_hash(entry) for entry in DATA]
_known: dict[tuple[bytes, ...], bytes] = {}


# RFC 6962, section 2.1, read aloud.
def mth(data: Sequence[bytes]) -> bytes:
    if (key := tuple(data)) not in _known:
        _known[key] = _mth(data)
    return _known[key]


def _mth(data: Sequence[bytes]) -> bytes:
    n = len(data)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(n)
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, data: Sequence[bytes]) -> list[bytes]:
    n = len(data)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: Sequence[bytes], *, b: bool) -> list[bytes]:
    n = len(data)
    if m == n:
        return [] if b else [mth(data)]
    k = split(n)
    if m <= k:
        return [*subproof(m, data[:k], b=b), mth(data[k:])]
    return [*subproof(m - k, data[k:], b=False), mth(data[:k])]


def unhex(proof: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, proof))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(PUBLISHED[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    proof = inclusion(PUBLISHED, index=index, size=size)
    assert proof == unhex(INCLUSIONS[index, size])
    assert is_included(PUBLISHED[index], proof, index=index, size=size, root=bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size"), CONSISTENCIES)
def test_consistency_proofs_are_the_published_ones(old: int, size: int) -> None:
    proof = consistency(PUBLISHED, old=old, size=size)
    assert proof == unhex(CONSISTENCIES[old, size])
    roots = [bytes.fromhex(ROOTS[at]) for at in (old, size)]
    assert is_consistent(proof, old=old, old_root=roots[0], size=size, root=roots[1])


def test_every_root_is_what_the_rfc_defines() -> None:
    assert [root(LEAVES[:n]) for n in range(MOST + 1)] == [mth(DATA[:n]) for n in range(MOST + 1)]


def test_every_inclusion_proof_is_what_the_rfc_defines_and_verifies() -> None:
    for size in range(1, MOST + 1):
        top = mth(DATA[:size])
        for index in range(size):
            proof = inclusion(LEAVES, index=index, size=size)
            assert list(proof) == path(index, DATA[:size])
            assert is_included(LEAVES[index], proof, index=index, size=size, root=top)


def test_every_consistency_proof_is_what_the_rfc_defines_and_verifies() -> None:
    for size in range(1, MOST + 1):
        for old in range(1, size + 1):
            proof = consistency(LEAVES, old=old, size=size)
            assert list(proof) == subproof(old, DATA[:size], b=True)
            assert is_consistent(proof, old=old, old_root=mth(DATA[:old]), size=size, root=mth(DATA[:size]))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_inclusion_proof_fits_nothing_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(LEAVES, index=index, size=size)
    top = mth(DATA[:size])
    wrong = data.draw(st.integers(0, MOST - 1).filter(lambda other: other != index))
    assert not is_included(LEAVES[wrong], proof, index=index, size=size, root=top)
    assert not is_included(LEAVES[index], proof, index=wrong, size=size, root=top)
    assert not is_included(LEAVES[index], (*proof, EMPTY), index=index, size=size, root=top)
    assert not is_included(LEAVES[index], proof, index=index, size=size, root=EMPTY)
    if proof:
        assert not is_included(LEAVES[index], proof[:-1], index=index, size=size, root=top)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_consistency_proof_fits_no_other_history(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, size - 1))
    proof = consistency(LEAVES, old=old, size=size)
    holds = partial(is_consistent, old=old, old_root=mth(DATA[:old]), size=size, root=mth(DATA[:size]))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*DATA[:changed], b"forged", *DATA[changed + 1 : size]]
    leaves = [leaf_hash(entry) for entry in forged]
    later = consistency(leaves, old=old, size=size)
    assert not holds(later, root=mth(forged))
    assert not holds(proof, old_root=EMPTY)
    assert not holds((*proof, EMPTY))
    assert not holds(proof[:-1])


def test_the_empty_tree_is_before_every_other() -> None:
    assert consistency(LEAVES, old=0, size=5) == ()
    assert is_consistent((), old=0, old_root=EMPTY, size=5, root=mth(DATA[:5]))
    assert not is_consistent((), old=0, old_root=LEAVES[0], size=5, root=mth(DATA[:5]))


def test_a_tree_is_consistent_with_itself_alone() -> None:
    assert is_consistent((), old=5, old_root=mth(DATA[:5]), size=5, root=mth(DATA[:5]))
    assert not is_consistent((), old=5, old_root=mth(DATA[:5]), size=5, root=EMPTY)
    assert not is_consistent((EMPTY,), old=5, old_root=mth(DATA[:5]), size=5, root=mth(DATA[:5]))
    assert not is_consistent((), old=6, old_root=mth(DATA[:6]), size=5, root=mth(DATA[:5]))


@given(st.integers(0, MOST), st.integers(0, MOST))
@settings(max_examples=60, deadline=None)
def test_a_frontier_goes_on_from_its_bytes(first: int, second: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:first]:
        frontier.append(leaf)
    taken_up = Frontier.from_bytes(bytes(frontier))
    assert (taken_up.size, taken_up.root()) == (first, mth(DATA[:first]))
    for leaf in LEAVES[first:second]:
        taken_up.append(leaf)
    assert taken_up.root() == mth(DATA[: max(first, second)])


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 7, b"\0" * 8 + EMPTY, b"\0" * 7 + b"\3" + EMPTY, b"\0" * 7 + b"\1" + EMPTY[:-1]]
)
def test_a_frontier_refuses_bytes_that_are_not_one(data: bytes) -> None:
    with pytest.raises(IntegrityError, match="frontier"):
        Frontier.from_bytes(data)


def test_proofs_read_the_leaves_once_and_no_further_than_needed() -> None:
    def leaves() -> Iterator[bytes]:
        yield from LEAVES[:13]
        raise AssertionError("read too far")

    assert inclusion(leaves(), index=7, size=13) == inclusion(LEAVES, index=7, size=13)
    assert consistency(leaves(), old=7, size=13) == consistency(LEAVES, old=7, size=13)


@pytest.mark.parametrize("missing", [1, 5, 13])
def test_a_log_that_is_too_short_is_no_proof(missing: int) -> None:
    short = LEAVES[: 13 - missing]
    with pytest.raises(IntegrityError, match="ends"):
        inclusion(short, index=0, size=13)
    with pytest.raises(IntegrityError, match="ends"):
        inclusion(short, index=12, size=13)
    with pytest.raises(IntegrityError, match="ends"):
        consistency(short, old=4, size=13)


def test_a_proof_for_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 5"):
        inclusion(LEAVES, index=5, size=5)
    with pytest.raises(ValueError, match="does not hold"):
        consistency(LEAVES, old=6, size=5)
    assert not is_included(LEAVES[5], (), index=5, size=5, root=EMPTY)


def test_a_node_is_never_taken_for_a_leaf() -> None:
    pair = LEAVES[0] + LEAVES[1]
    assert leaf_hash(pair) != node_hash(LEAVES[0], LEAVES[1])
