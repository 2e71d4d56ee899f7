"""Choose English articles, so that "a {}" becomes "an airplane", "a chair" and plain "stairs"."""

import re

_BEFORE_NAME = re.compile(r"\b(an?|one)(\s+)\{\}", re.IGNORECASE)
_VOWEL_SOUND = re.compile(
    r"""
    (?!  e[uw] | one\b | once | u(?: ni(?!n|m) | [kst][aeiou] | sb\b | ri | fo ) )   # a ewe's "you", a "won"
    (?:  [aeio] | u | hour | heir | honest
      |  x(?![aeiouy])                                                            # an ex-box, a xylophone
      |  [fhlmnrsx](?![a-z]*[aeiouy]) )                                           # spelled out: an LCD
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SINGULAR_IN_S = ("ss", "us", "is", "canvas", "gas", "atlas", "lens", "series", "species", "chaos")


def is_plural(noun: str) -> bool:
    """Say whether ``noun`` looks like a plural, such as "stairs": its head word ends in a plural s."""
    head = noun.split(" of ")[0].split()[-1].casefold()
    return head.endswith("s") and not head.endswith(_SINGULAR_IN_S)


def with_article(noun: str) -> str:
    """Put "a" or "an" before ``noun``, as it sounds; a plural gets no article."""
    if is_plural(noun):
        return noun
    return f"an {noun}" if _VOWEL_SOUND.match(noun) else f"a {noun}"


def fill(template: str, noun: str) -> str:
    """Put ``noun`` in the place of ``{}``, and correct an article that stands right before ``{}``.

    An adjective in between keeps its article: it was chosen by whoever wrote the template.
    """

    def corrected(match: re.Match[str]) -> str:
        article, space = match[1], match[2]
        if is_plural(noun):
            text = noun
        elif article.casefold() == "one":
            return f"{article}{space}{noun}"
        else:
            text = with_article(noun)
        return text[0].upper() + text[1:] if article[0].isupper() else text

    return _BEFORE_NAME.sub(corrected, template).replace("{}", noun)
