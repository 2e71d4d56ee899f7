"""Texts stay texts."""

import json
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pointclip2.show.page.html import Html, data_block, document, element, joined, table

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


class Seen(HTMLParser):
    """What a parser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_any_text_comes_back_as_text_and_as_an_attribute(text: str, attribute: str) -> None:
    seen = Seen(element("p", text, title=attribute))
    assert seen.tags == [("p", {"title": attribute})]
    assert seen.text == text


@given(
    st.recursive(
        TEXTS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8
    )
)
@settings(deadline=None, max_examples=50)
def test_any_data_comes_back_from_its_block_and_nothing_in_it_ends_the_block(content: object) -> None:
    block = data_block("data", content)
    body = block.removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert json.loads(body) == content
    assert not set("<>&\u2028\u2029") & set(body)


def test_what_was_made_is_kept_and_what_is_missing_left_out() -> None:
    inner = element("b", "x")
    assert joined(inner, None, False, [inner, 3]) == "<b>x</b><b>x</b>3"
    assert element("p", class_=None, hidden=False, disabled=True) == "<p disabled></p>"
    assert isinstance(joined("<"), Html)


def test_only_elements_of_html_that_hold_nothing_stay_open() -> None:
    assert element("img", src="a") == '<img src="a">'
    assert element("rect", width=1) == '<rect width="1"></rect>'


def test_columns_of_numbers_are_marked() -> None:
    made = table(["name", "#share"], [["a", "1"]])
    assert '<th scope="col" class="number">share</th>' in made
    assert '<td>a</td><td class="number">1</td>' in made


def test_a_page_allows_its_own_script_and_style_and_nothing_else() -> None:
    seen = Seen(document("t", "p{}", "go()"))
    policy = next(attrs["content"] for tag, attrs in seen.tags if attrs.get("http-equiv"))
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].startswith("'sha256-")
    assert "unsafe" not in policy
