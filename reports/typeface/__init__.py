"""The face that pages are set in. What a document uses of it lies in its file, so that it looks alike
everywhere, also where no font of the system has Chinese.

Noto Sans SC has the Han characters of GB 18030, level 1, and some two hundred rarer ones that names have;
what it lacks comes from its Traditional Chinese, Japanese and Korean sisters, and letters with accents, Greek
and Cyrillic ones from Noto Sans. The organisation's own font (`font` in the settings) goes before them all. A
character that none of them has is drawn as a box with its code point, and the text of the file has the
character itself: no name is shortened in silence.

    outlines.py   the outline of a character, whichever font has it
    own.py        whether the organisation's own font can be used
    truetype.py   outlines as a font file
    embedded.py   that file in a document, by the hooks that reportlab has for fonts
"""

from reports.typeface.embedded import FONT, register, width

__all__ = ["FONT", "register", "width"]
