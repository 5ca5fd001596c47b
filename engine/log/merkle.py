"""RFC 6962 Merkle tree hashing: roots, inclusion proofs and consistency proofs, nothing stored.

A leaf is SHA256(00 ‖ bytes), a node SHA256(01 ‖ left ‖ right); the left subtree of n leaves holds
the largest power of two below n. Hashes are raw bytes here; callers write them as lower-case hex.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice

EMPTY = sha256(b"").digest()
_LEAF, _NODE = sha256(b"\x00"), sha256(b"\x01")  # a copy of a begun hash spares its set-up
BLOCK = 1 << 10  # leaves per subtree while streaming: flat memory, and it stays in the cache


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of one leaf (RFC 6962 §2.1)."""
    return sha256(b"\x00" + content).digest()


def leaf_hashes(contents: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of many leaves; the same as `leaf_hash` of each, without the calls."""
    begun, hashes = _LEAF.copy, []
    for content in contents:
        leaf = begun()
        leaf.update(content)
        hashes.append(leaf.digest())
    return hashes


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf contents read once; no leaves give SHA256 of nothing."""
    tree = Accumulator()
    source = iter(leaves)
    while block := list(islice(source, BLOCK)):
        tree.extend(block)
    return tree.root()


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes that are already leaf hashes."""
    return _fold(list(hashes)) if hashes else EMPTY


class Accumulator:
    """A root that grows as leaves arrive; keeps one block of hashes and log₂(n) subtrees."""

    __slots__ = ("_pending", "_subtrees", "size")

    def __init__(self) -> None:
        self.size = 0
        self._pending: list[bytes] = []
        self._subtrees: list[tuple[int, bytes]] = []  # (leaves, root), largest first

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf contents in order."""
        self.extend_hashes(leaf_hashes(leaves))

    def extend_hashes(self, hashes: Sequence[bytes]) -> None:
        """Add leaves whose hashes are known already."""
        self.size += len(hashes)
        pending = [*self._pending, *hashes]
        whole = len(pending) - len(pending) % BLOCK
        for start in range(0, whole, BLOCK):
            self._push(BLOCK, _fold(pending[start : start + BLOCK]))
        self._pending = pending[whole:]

    def root(self) -> bytes:
        """Return the root of everything added so far; more may be added afterwards."""
        if not self.size:
            return EMPTY
        right = _fold(self._pending) if self._pending else None
        for _, left in reversed(self._subtrees):
            right = left if right is None else node_hash(left, right)
        assert right is not None
        return right

    def _push(self, leaves: int, subtree: bytes) -> None:
        while self._subtrees and self._subtrees[-1][0] == leaves:
            _, left = self._subtrees.pop()
            leaves, subtree = leaves * 2, node_hash(left, subtree)
        self._subtrees.append((leaves, subtree))


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index`, lowest sibling first (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"leaf {index} is outside a tree of {len(hashes)} leaves")
    path: list[bytes] = []
    level = list(hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _level(level), index >> 1
    return path


def included(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes
) -> bool:
    """Tell whether leaf hash `leaf` stands at `index` in the tree of `size` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == expected_root


def consistency_path(hashes: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return the proof that the first `earlier` leaves are a prefix (RFC 6962 §2.1.2)."""
    if not 0 <= earlier <= len(hashes):
        raise IndexError(f"{earlier} leaves are not a prefix of {len(hashes)}")
    return _subproof(hashes, earlier, whole=True) if 0 < earlier < len(hashes) else []


def consistent(
    earlier: int, size: int, path: Sequence[bytes], earlier_root: bytes, later_root: bytes
) -> bool:
    """Tell whether the tree of `size` extends the tree of `earlier` (RFC 9162 §2.1.4.2)."""
    if earlier in (0, size):
        return not path and earlier_root == (EMPTY if earlier == 0 else later_root)
    steps = list(path)
    if earlier & (earlier - 1) == 0:
        steps.insert(0, earlier_root)
    if not (0 < earlier < size and steps):
        return False
    old, new = earlier - 1, size - 1
    while old & 1:
        old, new = old >> 1, new >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if new == 0:
            return False
        if old & 1 or old == new:
            before, after = node_hash(step, before), node_hash(step, after)
            while not old & 1 and old:
                old, new = old >> 1, new >> 1
        else:
            after = node_hash(after, step)
        old, new = old >> 1, new >> 1
    return new == 0 and before == earlier_root and after == later_root


def _level(hashes: list[bytes]) -> list[bytes]:
    begun, above = _NODE.copy, []
    for left, right in zip(hashes[::2], hashes[1::2], strict=False):
        node = begun()
        node.update(left + right)
        above.append(node.digest())
    if len(hashes) & 1:  # an odd one out is carried up
        above.append(hashes[-1])
    return above


def _fold(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = _level(hashes)
    return hashes[0]


def _subproof(hashes: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(hashes):
        return [] if whole else [root_of_hashes(hashes)]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if earlier <= split:
        return [
            *_subproof(hashes[:split], earlier, whole=whole),
            root_of_hashes(hashes[split:]),
        ]
    return [
        *_subproof(hashes[split:], earlier - split, whole=False),
        root_of_hashes(hashes[:split]),
    ]
