"""The memory of the warm parent, made ready for forking: the C heap, and Python's pools of small objects."""

from __future__ import annotations

import ctypes
from collections import Counter

LARGEST, SMALLEST = 16_384, 24
"""Sizes of blocks, in bytes, that holes are filled with; smaller holes can't be used by anybody."""
NEAR_END = 16_384
"""Bytes at the end of the heap that are taken for its free end."""

POOL, HEAD = 16_384, 48
"""Bytes of a pool of objects of one size, and of what stands before them in it."""
ALIGNED, SMALL = 16, 512
"""Sizes of objects in pools go in such steps, up to the last."""
ENOUGH = 100_000
"""Objects of a size after which no more are made: the interpreter has no such pools then."""
_kept: list[object] = []


def fill_pools() -> None:
    """Fill the free places in Python's used memory pools for good, so that a session's objects go to pools of
    its own. A size is done when a pool was filled from its first place to its last."""
    for size in range(3 * ALIGNED, SMALL + 1, ALIGNED):
        taken: Counter[int] = Counter()
        pool, made = 0, list[object]()
        while taken[pool] < (POOL - HEAD) // size and len(made) < ENOUGH:
            one = bytes(size - b"".__sizeof__())
            pool = id(one) // POOL
            taken[pool] += 1
            made.append(one)
        _kept.extend(one for one in made if id(one) // POOL != pool)


def fill_holes() -> None:
    """Fill the holes that loading left in the heap, for good.

    What a session allocates would else go into those holes, a few bytes on a page here and there, and each
    such page would be copied for it. With the holes filled it goes to new pages, one after the other: 2.5 MB
    less a session, for half a megabyte in the parent. Where the C library isn't glibc, nothing happens.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        return
    malloc, end_of_heap = libc.malloc, libc.sbrk
    malloc.restype, malloc.argtypes = ctypes.c_size_t, [ctypes.c_size_t]
    end_of_heap.restype, end_of_heap.argtypes = ctypes.c_size_t, [ctypes.c_ssize_t]
    libc.malloc_trim(0)
    end = end_of_heap(0) - NEAR_END
    size = LARGEST
    while size >= SMALLEST:
        while 0 < malloc(size) < end:
            pass
        size = min(size - 16, size * 3 // 4) // 8 * 8
