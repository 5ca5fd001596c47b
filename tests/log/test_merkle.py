"""The tree agrees with RFC 6962: published roots, an independent library, every proof."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from engine.log import merkle

# the reference leaves and roots that the Certificate Transparency implementations publish
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
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

contents = st.lists(st.binary(max_size=20), max_size=70)


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@given(leaves=st.lists(st.binary(max_size=20), min_size=1, max_size=70))
@settings(max_examples=60, deadline=None)
def test_an_independent_library_finds_the_same_root(leaves: list[bytes]) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    assert tree.get_root() == merkle.root(leaves)


@given(leaves=contents)
@settings(max_examples=60, deadline=None)
def test_every_leaf_is_proved_and_no_other_content_is(leaves: list[bytes]) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    head = merkle.root_of_hashes(hashes)
    for index, leaf in enumerate(hashes):
        path = merkle.inclusion_path(hashes, index)
        assert merkle.included(leaf, index, len(hashes), path, head)
        assert not merkle.included(merkle.leaf_hash(b"\0other"), index, len(hashes), path, head)
        assert not merkle.included(leaf, index, len(hashes), [*path, head], head)
        assert not merkle.included(leaf, index, index, path, head)


@given(leaves=st.lists(st.binary(max_size=8), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_longer_tree_is_proved_to_extend_every_shorter_one(leaves: list[bytes]) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    later = merkle.root_of_hashes(hashes)
    for earlier in range(len(hashes) + 1):
        path = merkle.consistency_path(hashes, earlier)
        before = merkle.root_of_hashes(hashes[:earlier])
        assert merkle.consistent(earlier, len(hashes), path, before, later)
        assert not merkle.consistent(earlier, len(hashes), path, b"\0" * 32, later)
        assert not merkle.consistent(earlier, len(hashes), [*path, before], before, later)


def test_a_proof_that_is_too_short_or_asks_for_more_than_there_is_fails() -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    head = merkle.root_of_hashes(hashes)
    assert not merkle.included(hashes[2], 2, 8, [], head)
    assert not merkle.consistent(3, 8, [], head, head)
    assert not merkle.consistent(9, 8, [], head, head)
    with pytest.raises(IndexError):
        merkle.inclusion_path(hashes, 8)
    with pytest.raises(IndexError):
        merkle.consistency_path(hashes, 9)


def test_streaming_over_several_blocks_gives_the_root_of_the_whole() -> None:
    count = 13 * merkle.BLOCK + merkle.BLOCK // 2 + 7
    leaves = [b"%d" % number for number in range(count)]
    tree = merkle.Accumulator()
    for start in range(0, count, 2_000):
        tree.extend(leaves[start : start + 2_000])
    assert tree.size == count
    assert tree.root() == merkle.root(leaves)
    assert tree.root() == merkle.root_of_hashes([merkle.leaf_hash(leaf) for leaf in leaves])


def test_a_tree_of_whole_blocks_has_no_loose_end() -> None:
    leaves = [b"%d" % number for number in range(merkle.BLOCK)]
    assert merkle.root(iter(leaves)) == merkle.root_of_hashes(
        [merkle.leaf_hash(leaf) for leaf in leaves]
    )
