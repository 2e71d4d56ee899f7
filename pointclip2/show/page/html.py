"""Build HTML in which every text is escaped unless it was made here."""

import base64
import hashlib
import html
import json
from typing import Any


class Html(str):
    """Marks a string as markup that `element` made; any other string is text."""

    __slots__ = ()


EMPTY = Html()
# Only HTML's empty elements: inside a drawing an element that is not closed would swallow what follows.
VOID = frozenset(("br", "img", "input", "meta"))


def element(name: str, /, *content: Any, **attributes: Any) -> Html:
    """Build an element from its content and attributes.

    Strings are escaped, `Html` is kept, None and False are left out, iterables are joined. An attribute's trailing
    underscore is dropped and its others become dashes (``class_="wide"``, ``aria_label="views"``); True stands
    for an attribute without a value.

    >>> element("td", "a < b", class_="number")
    '<td class="number">a &lt; b</td>'
    """
    words = [name]
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            words.append(attribute)
        elif value is not None and value is not False:
            words.append(f'{attribute}="{html.escape(str(value))}"')
    opening = f"<{' '.join(words)}>"
    return Html(opening if name in VOID else f"{opening}{joined(*content)}</{name}>")


def joined(*content: Any) -> Html:
    """Join contents, escaped as in `element`."""
    parts = []
    for part in content:
        if part is None or part is False:
            continue
        if isinstance(part, Html):
            parts.append(str(part))
        elif isinstance(part, str):
            parts.append(html.escape(part))
        elif isinstance(part, list | tuple) or hasattr(part, "__next__"):
            parts.append(str(joined(*part)))
        else:
            parts.append(html.escape(str(part)))
    return Html("".join(parts))


def table(head: list[Any], rows: list[list[Any]], **attributes: Any) -> Html:
    """Build a table; a cell is content, or a ready ``td``/``th``. Columns whose head begins with ``#`` hold numbers."""
    numbers = [isinstance(cell, str) and cell.startswith("#") for cell in head]
    names = [cell[1:] if number else cell for cell, number in zip(head, numbers, strict=True)]

    def cell(content: Any, number: bool) -> Html:
        if isinstance(content, Html) and content.startswith(("<td", "<th")):
            return content
        return element("td", content, class_="number" if number else None)

    return element(
        "table",
        element(
            "thead",
            element(
                "tr",
                [
                    element("th", name, scope="col", class_="number" if number else None)
                    for name, number in zip(names, numbers, strict=True)
                ],
            ),
        ),
        element(
            "tbody",
            [
                element("tr", [cell(content, number) for content, number in zip(row, numbers, strict=True)])
                for row in rows
            ],
        ),
        **attributes,
    )


def section(name: str, title: str, *content: Any, lead: str | None = None) -> Html:
    """Build a part of the page that the list of contents can jump to."""
    return element(
        "section",
        element("h2", title),
        element("p", lead, class_="lead") if lead else None,
        *content,
        id=name,
    )


def data_block(name: str, content: Any) -> Html:
    """Write data for the page's script, as JSON in which nothing can end the block or begin a comment."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Html(f'<script type="application/json" id="{name}">{safe}</script>')


def document(title: str, style: str, script: str, *content: Any) -> Html:
    """Build a page that loads nothing and runs no script but this one, whatever its texts hold.

    The content security policy names the hashes of the style and the script, so that even text that was
    not escaped by mistake could not run anything, nor reach the network.
    """
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        Html(f"<style>{style}</style>"),
    )
    body = element("body", *content, Html(f"<script>{script}</script>"))
    return Html(f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
