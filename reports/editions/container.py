"""One file for one recipient: the pages with the spreadsheet attached, encrypted with AES-256.

PDF is the container because it is the one format whose AES-256 (ISO 32000-2, revision 6) every common
reader opens, attachments included; an encrypted workbook would need a library that nobody keeps.
"""

from __future__ import annotations

import io
import secrets

from db.desk.editions.copy_to_make import ToMake
from reports.editions import edition_pdf, edition_xlsx

MEDIA_TYPE = "application/pdf"


def file_of(copy: ToMake) -> bytes:
    """Return the copy as a PDF that opens with its password alone and may be printed but not changed or
    copied from; its workbook is attached, and its document identifier is the secret mark."""
    import pikepdf

    with pikepdf.open(io.BytesIO(edition_pdf.write(copy))) as pdf:
        name = f"{copy.number}.xlsx"
        pdf.attachments[name] = pikepdf.AttachedFileSpec(
            pdf, edition_xlsx.write(copy), filename=name, mime_type=edition_xlsx.MEDIA_TYPE
        )
        code = bytes.fromhex(copy.marking.code)
        pdf.trailer.ID = pikepdf.Array([pikepdf.String(code), pikepdf.String(code)])
        out = io.BytesIO()
        pdf.save(
            out,
            encryption=pikepdf.Encryption(
                owner=secrets.token_urlsafe(32),
                user=copy.password,
                R=6,
                allow=pikepdf.Permissions(
                    extract=False, modify_annotation=False, modify_assembly=False, modify_form=False,
                    modify_other=False,
                ),
            ),
        )  # fmt: skip
    return out.getvalue()


def file_name(copy: ToMake) -> str:
    return f"{copy.number}.pdf"
