"""Furnish rooms by kind: bedrooms, living rooms, offices, dining rooms, bathrooms, and one-room flats."""

from collections.abc import Callable
from dataclasses import dataclass

from pointclip2.worlds.rooms.layout import Layout
from pointclip2.worlds.rooms.piece import Piece, Placed, make_piece

Program = Callable[["Furnisher"], None]


@dataclass(frozen=True)
class RoomKind:
    """Describes one sort of room."""

    name: str
    shorter_m: tuple[float, float]
    longer_m: tuple[float, float]
    share: float
    """Share of all rooms."""
    furnish: Program


class Furnisher:
    """Offers the words that the programs are written in, around a layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.rng = layout.rng

    def make(self, kind: str) -> Piece:
        """Make a new thing."""
        return make_piece(kind, self.rng)

    def chance(self, share: float) -> bool:
        """Return True that often."""
        return bool(self.rng.random() < share)

    def top_up(self, host: Placed | None, *kinds: str, share: float = 0.5) -> None:
        """Put each of these on the host with this chance."""
        for kind in kinds:
            if host is not None and self.chance(share):
                self.layout.on(host, self.make(kind), turn_rad=0.25)

    def seat(self) -> str:
        """Choose a kind of chair for a desk or a corner."""
        return "chair" if self.chance(0.75) else "armchair"


def sleeping(room: Furnisher) -> None:
    """Place a bed with what belongs beside it."""
    layout = room.layout
    bed = layout.against_wall(
        room.make("bunk bed" if room.chance(0.06) else "bed"), 0.08, middle=room.chance(0.7)
    )
    if bed is None:
        return
    for sign in (-1, 1):
        if room.chance(0.75):
            stand = layout.beside(bed, room.make("night stand"), sign)
            room.top_up(stand, "table lamp", share=0.7)


def working(room: Furnisher) -> None:
    """Place a desk with its chair and its screens."""
    layout = room.layout
    kind = "corner desk" if room.chance(0.12) else "desk"
    desk = layout.against_wall(room.make(kind), 0.06) if room.chance(0.8) else layout.central(room.make(kind))
    if desk is None:
        return
    layout.before(desk, room.make(room.seat()), (-0.25, 0.25), wobble_rad=0.5)
    if room.chance(0.65):
        layout.on(desk, room.make("monitor"), 0.1, back=True)
        if room.chance(0.25):
            layout.on(desk, room.make("monitor"), 0.2, back=True)
        room.top_up(desk, "keyboard", share=0.7)
    room.top_up(desk, "laptop", share=0.45)
    room.top_up(desk, "table lamp", share=0.4)
    room.top_up(desk, "cup", "pot plant", share=0.2)


def watching(room: Furnisher) -> None:
    """Place a sofa, what stands before and beside it, and a screen to look at."""
    layout = room.layout
    sofa_piece = room.make("corner sofa" if room.chance(0.2) else "sofa")
    sofa = (
        layout.against_wall(sofa_piece, 0.1, middle=True) if room.chance(0.8) else layout.central(sofa_piece)
    )
    if sofa is not None:
        if room.chance(0.75):
            table = layout.before(sofa, room.make("coffee table"), (0.25, 0.5))
            room.top_up(table, "cup", "bowl", "vase", "laptop", share=0.22)
        if room.chance(0.4):
            side = layout.beside(sofa, room.make("side table"), 1)
            room.top_up(side, "table lamp", share=0.6)
        if room.chance(0.4):
            layout.beside(sofa, room.make("floor lamp"), -1)
    if room.chance(0.75):
        stand = layout.against_wall(room.make("tv stand"), 0.06, middle=True)
        if stand is not None:
            layout.on(stand, room.make("television"), 0.05, back=True)
            room.top_up(stand, "xbox", "vase", "radio", share=0.25)
    if room.chance(0.55):
        layout.free(room.make("armchair"))


def eating(room: Furnisher) -> None:
    """Place a table with a set of chairs, all alike."""
    layout = room.layout
    table = layout.central(room.make("dining table"))
    if table is None:
        return
    seat = room.make("stool" if room.chance(0.15) else "chair")
    layout.around(table, [seat] * int(room.rng.integers(2, 7)))
    room.top_up(table, "bowl", "vase", "bottle", "cup", "laptop", share=0.22)


def storing(room: Furnisher, *kinds: str, share: float) -> None:
    """Place each of these against a wall with this chance."""
    for kind in kinds:
        if room.chance(share):
            placed = room.layout.against_wall(room.make(kind), 0.05, corner=room.chance(0.35))
            if kind in ("dresser", "night stand"):
                room.top_up(placed, "vase", "table lamp", "pot plant", "radio", share=0.22)


def cornering(room: Furnisher, share: float) -> None:
    """Fill corners with plants, lamps, a stool, a guitar."""
    for kind in ("floor plant", "floor lamp", "stool"):
        if room.chance(share):
            room.layout.against_wall(room.make(kind), 0.2, corner=room.chance(0.6))
    for kind in ("guitar", "bag", "skateboard"):
        if room.chance(share / 4):
            room.layout.against_wall(room.make(kind), 0.1)


def bedroom(room: Furnisher) -> None:
    """Furnish a room to sleep, dress, and often to work in."""
    sleeping(room)
    storing(room, "wardrobe", share=0.85)
    storing(room, "dresser", share=0.65)
    if room.chance(0.4):
        working(room)
    storing(room, "bookshelf", "tv stand", share=0.25)
    if room.chance(0.4):
        room.layout.free(room.make("armchair" if room.chance(0.5) else "chair"))
    cornering(room, 0.35)


def living_room(room: Furnisher) -> None:
    """Furnish a room to sit, read and eat in."""
    watching(room)
    storing(room, "bookshelf", share=0.7)
    storing(room, "dresser", "piano", share=0.2)
    if room.chance(0.5):
        eating(room)
    cornering(room, 0.5)


def office(room: Furnisher) -> None:
    """Furnish an office with several desks."""
    for _ in range(room.rng.integers(2, 5)):
        working(room)
    storing(room, "bookshelf", "bookshelf", "wardrobe", share=0.5)
    if room.chance(0.25):
        eating(room)
    cornering(room, 0.4)


def dining_room(room: Furnisher) -> None:
    """Furnish a dining room: the table first, then cupboards."""
    eating(room)
    storing(room, "dresser", "bookshelf", share=0.6)
    storing(room, "bench", "wash basin", share=0.3)
    if room.chance(0.3):
        watching(room)
    cornering(room, 0.5)


def bathroom(room: Furnisher) -> None:
    """Furnish a bathroom: small, tiled, full."""
    layout = room.layout
    layout.against_wall(room.make("toilet"), 0.02)
    if room.chance(0.8):
        layout.against_wall(room.make("bathtub"), 0.02, corner=True)
    for _ in range(1 + room.chance(0.15)):
        layout.against_wall(room.make("wash basin"), 0.02)
    storing(room, "dresser", "night stand", share=0.3)
    if room.chance(0.35):
        layout.free(room.make("stool"))
    if room.chance(0.3):
        layout.against_wall(room.make("floor plant"), 0.1, corner=True)


def studio(room: Furnisher) -> None:
    """Furnish one room with everything."""
    sleeping(room)
    watching(room)
    working(room)
    if room.chance(0.6):
        eating(room)
    storing(room, "wardrobe", "bookshelf", "dresser", share=0.6)
    cornering(room, 0.4)


ROOM_KINDS = (
    RoomKind("bedroom", (2.8, 4.2), (3.2, 5.2), 0.24, bedroom),
    RoomKind("living room", (3.6, 5.5), (4.2, 7.0), 0.22, living_room),
    RoomKind("office", (3.0, 5.5), (3.6, 7.5), 0.2, office),
    RoomKind("dining room", (3.0, 4.5), (3.4, 6.0), 0.1, dining_room),
    RoomKind("bathroom", (1.8, 3.0), (2.2, 3.8), 0.14, bathroom),
    RoomKind("studio", (3.8, 5.5), (5.0, 7.5), 0.1, studio),
)
