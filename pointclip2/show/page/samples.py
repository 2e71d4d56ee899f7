"""Write the gallery: samples to look at and to turn, with the truth beside the prediction."""

import base64
from typing import Any

from pointclip2.show.gallery import GalleryItem, per_cent
from pointclip2.show.page.html import EMPTY, Html, element, section
from pointclip2.show.page.packing import png_address

# A picture file up to this size is embedded; of a larger one only the name is written.
PICTURE_BYTES = 1_500_000


def right(item: GalleryItem) -> bool | None:
    """Say whether the best guess is the truth; None where nobody can tell."""
    if item.truth is None or not item.guesses:
        return None
    return _spoken(item.truth) == _spoken(item.guesses[0][0])


def samples(gallery: tuple[GalleryItem, ...], first_cloud: list[int]) -> Html:
    """Write all samples.

    Args:
        first_cloud: the number of each item's first cloud among those of the page; its others follow.
    """
    if not gallery:
        return EMPTY
    judged = [right(item) for item in gallery]
    controls = element(
        "p",
        element("label", "show ", for_="samples-shown"),
        element(
            "select",
            element("option", f"all {len(gallery)}", value="all"),
            element("option", f"mistakes ({judged.count(False)})", value="false"),
            element("option", f"right ones ({judged.count(True)})", value="true"),
            id="samples-shown",
        ),
        class_="controls",
    )
    cards = [
        card(number, item, first)
        for number, (item, first) in enumerate(zip(gallery, first_cloud, strict=True))
    ]
    return section(
        "samples",
        "Samples",
        controls if {True, False} & set(judged) else None,
        element("div", cards, class_="cards"),
        lead="Drag to turn, wheel to zoom, two fingers to tilt; or arrow keys, + and −, 0 to go back.",
    )


def card(number: int, item: GalleryItem, first_cloud: int) -> Html:
    """Write one sample."""
    judged = right(item)
    truth = (
        element("p", "truth: ", element("strong", _spoken(item.truth)), class_="truth")
        if item.truth is not None
        else element("p", "truth unknown" if item.guesses else "", class_="truth")
    )
    clouds = [
        element(
            "figure",
            element(
                "canvas",
                data_cloud=first_cloud + index,
                tabindex="0",
                role="application",
                aria_label=f"{item.name}: {cloud.title}, a cloud to turn",
            ),
            element("figcaption", caption(len(cloud.points), cloud.title, len(cloud.boxes))),
            class_="viewer",
        )
        for index, cloud in enumerate(item.clouds)
    ]
    return element(
        "article",
        element("h3", item.name),
        truth,
        guesses(item),
        element("div", clouds, class_="clouds") if clouds else None,
        legend(item),
        strip(number, item),
        picture(item),
        class_="card scene" if any(cloud.boxes for cloud in item.clouds) else "card",
        data_right=None if judged is None else str(judged).lower(),
    )


def caption(points: int, title: str, boxes: int) -> str:
    """Return the caption of a cloud."""
    found = f"{title} · {points:,} points"
    return f"{found}, {boxes} {'box' if boxes == 1 else 'boxes'}" if boxes else found


def guesses(item: GalleryItem) -> Html:
    """List the best guesses with their probabilities as bars: green if true, red if not, grey where nobody knows."""
    lines = []
    for label, probability in item.guesses:
        kind = (
            "unknown" if item.truth is None else "right" if _spoken(label) == _spoken(item.truth) else "wrong"
        )
        mark = {"right": "✓", "wrong": "✗", "unknown": ""}[kind]
        share = probability if 0 <= probability <= 1 else 0.0
        drawing = element(
            "svg",
            element("rect", width=f"{100 * share:.1f}", height=1),
            viewBox="0 0 100 1",
            preserveAspectRatio="none",
            aria_hidden="true",
        )
        said = element("span", element("b", mark, aria_hidden="true"), " ", _spoken(label))
        lines.append(element("li", drawing, said, element("span", per_cent(share)), class_=kind))
    return element("ol", lines, class_="guesses") if lines else EMPTY


def legend(item: GalleryItem) -> Html:
    """Write names and colours; on the page each entry can be pressed to see only what has its colour."""
    entries: list[Any] = []
    for name, colour in item.legend:
        rgb = "#" + "".join(f"{int(value) & 255:02x}" for value in colour)
        swatch = element(
            "svg",
            element("rect", width=10, height=10, rx=2, fill=rgb),
            viewBox="0 0 10 10",
            aria_hidden="true",
        )
        button = element(
            "button", swatch, " ", _spoken(name), type="button", data_colour=rgb, aria_pressed="false"
        )
        entries.append(element("li", button))
    return element("ul", entries, class_="legend", aria_label="legend") if entries else EMPTY


def strip(number: int, item: GalleryItem) -> Html:
    """Write the depth views side by side, with what each predicts alone."""
    if item.views is None or not len(item.views):
        return EMPTY
    shown = []
    for view, pixels in enumerate(item.views):
        said, text = "", f"view {view}"
        if view < len(item.view_guesses):
            name, probability = item.view_guesses[view]
            said = f"{_spoken(name)} {100 * probability:.0f} %"
            text = f"{text}: {said}"
        kind = None
        if said and item.truth is not None:
            kind = "right" if _spoken(item.view_guesses[view][0]) == _spoken(item.truth) else "wrong"
        image = element(
            "img", src=png_address(pixels), alt=f"depth {text}", title=text, data_item=number, data_view=view
        )
        shown.append(element("figure", image, element("figcaption", said or str(view), class_=kind)))
    return element("div", shown, class_="strip")


def picture(item: GalleryItem) -> Html:
    """Write a picture from a file, embedded where it is not too large; a file that is gone is left out."""
    if item.picture is None or item.views is not None:
        return EMPTY
    kinds = {b"\x89PNG": "png", b"\xff\xd8\xff\xe0": "jpeg", b"\xff\xd8\xff\xe1": "jpeg"}
    try:
        if item.picture.stat().st_size > PICTURE_BYTES:
            return element("p", "picture: ", element("code", item.picture.name), class_="empty")
        content = item.picture.read_bytes()
    except OSError:
        return EMPTY
    if content[:4] not in kinds:
        return EMPTY
    address = f"data:image/{kinds[content[:4]]};base64,{base64.b64encode(content).decode()}"
    return element("img", src=address, alt=f"{item.name}: picture", class_="picture")


def _spoken(label: str) -> str:
    return label.replace("_", " ")
