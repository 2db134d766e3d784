"""The order and kind in which a PDF is read aloud: marked while it is drawn, and put into its structure tree.

Nothing here claims conformance with PDF/UA (``pdfuaid``): names in the other language are not marked as that,
and lines to sign are text and no fields.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from db.language import Language

Tag = Literal["H1", "H2", "P", "Table", "TR", "TH", "TD"]


@dataclass(slots=True)
class TagNode:
    """Something that is read; ``pieces`` are the page (from 0) and number of each part that was drawn."""

    tag: str
    pieces: list[tuple[int, int]] = field(default_factory=list)
    children: list[TagNode] = field(default_factory=list)


class TagTree:
    """What was drawn on ``canvas`` so far."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._open = [TagNode("Document")]
        self._counts: dict[int, int] = {}
        self._is_beside = False

    @contextmanager
    def inside(self, tag: Tag) -> Iterator[None]:
        """Put what is drawn within into a new node of ``tag``; no node within `beside`."""
        if self._is_beside:
            yield
            return
        node = TagNode(tag)
        self._open[-1].children.append(node)
        self._open.append(node)
        try:
            yield
        finally:
            self._open.pop()

    @contextmanager
    def table(self) -> Iterator[None]:
        """Put what is drawn within into the last table, if nothing was drawn after it; else into a new
        one."""
        before = self._open[-1].children
        node = before[-1] if before and before[-1].tag == "Table" else TagNode("Table")
        if node not in before[-1:]:
            before.append(node)
        self._open.append(node)
        try:
            yield
        finally:
            self._open.pop()

    def draw(self, x: float, y: float, text: str) -> None:
        """Draw ``text`` on the page as content of the open node; within `beside`, as content of none."""
        if self._is_beside:
            self._canvas.drawString(x, y, text)
            return
        page = self._canvas.getPageNumber() - 1
        number = self._counts[page] = self._counts.get(page, -1) + 1
        node = self._open[-1]
        node.pieces.append((page, number))
        self._canvas._code.append(f"/{node.tag} <</MCID {number}>> BDC")
        self._canvas.drawString(x, y, text)
        self._canvas._code.append("EMC")

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Mark what is drawn within as an artifact, which is not read aloud: heads, feet, rules, bars,
        repetitions."""
        if self._is_beside:
            yield
            return
        self._is_beside = True
        self._canvas._code.append("/Artifact BMC")
        yield
        self._canvas._code.append("EMC")
        self._is_beside = False

    def put_into(self, content: bytes, language: Language, title: str) -> bytes:
        """Return the PDF ``content``, which was drawn through this tree, with the tree, and title and
        language in its metadata (XMP)."""
        import pikepdf

        with pikepdf.open(io.BytesIO(content)) as pdf:
            root = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
            parents: dict[int, list[Any]] = {page: [None] * (last + 1) for page, last in self._counts.items()}

            def make_element(node: TagNode, parent: Any) -> Any:
                one = pdf.make_indirect(
                    pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name(f"/{node.tag}"), P=parent)
                )
                kids = pikepdf.Array([make_element(child, one) for child in node.children])
                for page, number in node.pieces:
                    parents[page][number] = one
                    kids.append(
                        pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=pdf.pages[page].obj, MCID=number)
                    )
                if node.tag == "TH":
                    one.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Column)
                one.K = kids
                return one

            root.K = make_element(self._open[0], root)
            numbers = pikepdf.Array()
            for page, owners in sorted(parents.items()):
                pdf.pages[page].obj.StructParents = page
                pdf.pages[page].obj.Tabs = pikepdf.Name.S
                numbers.append(page)
                numbers.append(pdf.make_indirect(pikepdf.Array(owners)))
            root.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=numbers))
            root.ParentTreeNextKey = len(pdf.pages)
            pdf.Root.StructTreeRoot = root
            pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
            with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
                about["dc:title"] = title
                about["dc:language"] = [language.replace("_", "-")]
            out = io.BytesIO()
            pdf.save(out)
        return out.getvalue()
