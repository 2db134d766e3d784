"""Inputs made from those of a corpus: bytes changed, cut, repeated, and pieces of the format put in."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

LARGEST = 1 << 16
_ODD = (
    b"\x00", b"\xff", b"\x1b", b"\r", b"\n", b"\t", b" ", b"'", b'"', b"=", b"-", b"0", b"9" * 40, b"1e999",
    b"\x1b]52;c;cm0=\x07", b"\xc2\x9b31m", "\u202e\u2066".encode(), "\ufeff".encode(), "张".encode() * 40,
    b"\xed\xa0\x80", b"[" * 3000, b"{}", b"../../", b"%s%n", b"A" * 5000,
)  # fmt: skip
"""What goes wrong in most formats sooner or later."""


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One of ``seeds`` with up to eight changes."""
    content = bytearray(draw(st.sampled_from(seeds)))
    pieces = (*tokens, *tokens, *_ODD)
    for _change in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from((0, 0, 1, 2, 8, 64, 1024))))
        match draw(st.integers(0, 5)):
            case 0:
                content[start:end] = draw(st.binary(max_size=8))
            case 1 | 2:
                content[start:end] = draw(st.sampled_from(pieces))
            case 3:
                content[start:end] = content[start:end] * draw(st.sampled_from((0, 2, 3, 50)))
            case 4:
                other = draw(st.sampled_from(seeds))
                at = draw(st.integers(0, len(other)))
                content[start:end] = other[at : at + 200]
            case _:
                if start < len(content):
                    content[start] ^= 1 << draw(st.integers(0, 7))
    return bytes(content[:LARGEST])
