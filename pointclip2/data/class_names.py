"""The names of classes that more than one data set shares, as one says them ("night stand")."""

from pointclip2.types import ConfigError

# fmt: off
MODELNET40 = (
    "airplane", "bathtub", "bed", "bench", "bookshelf", "bottle", "bowl", "car", "chair", "cone",
    "cup", "curtain", "desk", "door", "dresser", "flower pot", "glass box", "guitar", "keyboard", "lamp",
    "laptop", "mantel", "monitor", "night stand", "person", "piano", "plant", "radio", "range hood", "sink",
    "sofa", "stairs", "stool", "table", "tent", "toilet", "tv stand", "vase", "wardrobe", "xbox",
)
MODELNET10 = (
    "bathtub", "bed", "chair", "desk", "dresser", "monitor", "night stand", "sofa", "table", "toilet",
)
SHAPENET_PARTS: dict[str, tuple[str, ...]] = {
    "airplane": ("body", "wing", "tail", "engine"),
    "bag": ("handle", "body"),
    "cap": ("crown", "peak"),
    "car": ("roof", "hood", "wheel", "body"),
    "chair": ("back", "seat", "leg", "arm"),
    "earphone": ("earcup", "headband", "wire"),
    "guitar": ("head", "neck", "body"),
    "knife": ("blade", "handle"),
    "lamp": ("base", "shade", "bulb", "pole"),
    "laptop": ("keyboard", "screen"),
    "motorbike": ("tank", "seat", "wheel", "handlebar", "light", "frame"),
    "mug": ("handle", "body"),
    "pistol": ("barrel", "handle", "trigger"),
    "rocket": ("body", "fin", "nose"),
    "skateboard": ("wheel", "deck", "bearing"),
    "table": ("top", "leg", "drawer"),
}
"""Parts of ShapeNetPart's categories, both in the order of their labels. Its files hold numbers only; the names are
ours."""
KNOWN = tuple(sorted({*MODELNET40, *SHAPENET_PARTS}))
"""The default classes: ModelNet40's forty names and ShapeNetPart's sixteen, seven of them in both."""
UNSEEN = (
    "bicycle", "bridge", "dumbbell", "hammer", "hourglass", "key", "ladder", "mushroom", "snowman",
    "spoon", "umbrella", "windmill",
)
"""Never trained on, in any form: for open-vocabulary and few-shot figures."""
SCANOBJECTNN = (
    "bag", "bin", "box", "cabinet", "chair", "desk", "display", "door",
    "shelf", "table", "bed", "pillow", "sink", "sofa", "toilet",
)
"""In the order of the labels, which is not the alphabet's."""
SCANNET = (
    "cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "counter", "desk",
    "curtain", "refrigerator", "shower curtain", "toilet", "sink", "bathtub", "garbage bin",
)
SUNRGBD = (
    "bed", "table", "sofa", "chair", "toilet", "desk", "dresser", "night stand", "bookshelf", "bathtub",
)
ROOMS = (
    "bathtub", "bed", "bookshelf", "chair", "curtain", "desk", "door", "dresser", "lamp", "laptop",
    "monitor", "night stand", "plant", "sink", "sofa", "stool", "table", "toilet", "tv stand", "wardrobe",
)
"""What is found in homes and offices and is at least as large as a laptop."""
# fmt: on
GROUPS = {
    "known": KNOWN,
    "unseen": UNSEEN,
    "all": tuple(sorted({*KNOWN, *UNSEEN})),
    "shapes": KNOWN,
    "modelnet10": MODELNET10,
    "modelnet40": MODELNET40,
    "shapenet_part": tuple(SHAPENET_PARTS),
    "scanobjectnn": SCANOBJECTNN,
    "scannet": SCANNET,
    "sunrgbd": SUNRGBD,
    "rooms": ROOMS,
}
"""Classes by the name of the data set that has them."""


def group(name: str) -> tuple[str, ...]:
    """Return the classes of one of the `GROUPS`.

    Raises:
        ConfigError: there is no such group.
    """
    if name not in GROUPS:
        raise ConfigError(f"data.classes={name}: choose one of {', '.join(GROUPS)}, or give a list of names")
    return GROUPS[name]
