"""Find out which letters can be drawn here.

Class names come from users and may be in any script; matplotlib's own DejaVu Sans lacks most of Asia's.
"""

import unicodedata
from functools import lru_cache

DEFAULT = "DejaVu Sans"
# In order of preference; those that are not installed are left out.
WIDER = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "Noto Sans",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)
MISSING = "\N{WHITE SQUARE}"


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Return the fonts to be tried for every letter, in this order."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return (DEFAULT, *(family for family in WIDER if family in installed))


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    letters: set[int] = set()
    for family in families():
        letters.update(get_font(findfont(FontProperties(family=family))).get_charmap())
    return frozenset(letters)


def drawable(text: str) -> str:
    """Return the text on one line, with a white square for every letter that no installed font has.

    >>> drawable("tea\\tcup")
    'tea cup'
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter if ord(letter) in _letters() else MISSING for letter in line)
