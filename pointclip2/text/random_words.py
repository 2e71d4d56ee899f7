"""Make meaningless sentences, to tell how much of an ensemble's gain is averaging and how much is language."""

import random
from collections.abc import Sequence

from pointclip2.text.articles import with_article
from pointclip2.text.names import check_distinct
from pointclip2.text.prompt_set import PromptSet
from pointclip2.text.templates import phrase
from pointclip2.types import ConfigError

# fmt: off
WORDS = (
    "acorn", "amber", "anchor", "answer", "april", "arrow", "autumn", "bargain", "basil", "beacon", "bishop",
    "blanket", "borrow", "breeze", "button", "candle", "carbon", "carpet", "cedar", "chapter", "cherry", "circus",
    "clover", "cobalt", "copper", "cotton", "crimson", "dawn", "decade", "dinner", "dolphin", "drift", "echo",
    "eleven", "ember", "envoy", "fable", "falcon", "ferry", "fiddle", "forest", "fortune", "garlic", "gentle",
    "ginger", "glacier", "gossip", "gravel", "harbour", "harvest", "hazel", "hollow", "honest", "hunger", "icicle",
    "indigo", "island", "ivory", "jacket", "jasmine", "journey", "jungle", "kernel", "kettle", "kingdom", "lagoon",
    "lantern", "lemon", "letter", "lilac", "linen", "magnet", "maple", "marble", "meadow", "melody", "mercy",
    "morning", "mustard", "narrow", "nectar", "nickel", "nutmeg", "oatmeal", "olive", "orchard", "oxygen", "paper",
    "pepper", "pilgrim", "planet", "poplar", "promise", "quarry", "quiet", "rabbit", "ransom", "raven", "ribbon",
    "river", "rumour", "saffron", "salmon", "season", "shadow", "silver", "spirit", "summer", "sulphur", "thunder",
    "timber", "tulip", "tunnel", "velvet", "violet", "walnut", "wander", "whisper", "willow", "winter", "yellow",
)
# fmt: on


class RandomWordsPrompt:
    """Puts a class's name beside random words that have nothing to do with shapes; all classes get the same words.

    Args:
        count: how many sentences each class gets.
        words: how many words each sentence gets.
        seed: seed of the random draw.

    Raises:
        ConfigError: a number below 1, or more words than the list has.
    """

    def __init__(self, count: int = 40, words: int = 3, seed: int = 0) -> None:
        if count < 1 or not 1 <= words <= len(WORDS):
            raise ConfigError(
                f"prompt.count={count} prompt.words={words}: at least 1 each, and at most {len(WORDS)} words"
            )
        self.count = count
        self.words = words
        self.seed = seed

    def __call__(self, classes: Sequence[str], category: str | None = None) -> PromptSet:
        drawing = random.Random(self.seed)
        drawn = [" ".join(drawing.sample(WORDS, self.words)) for _ in range(self.count)]
        sentences = {
            name: tuple(f"{with_article(phrase(name, category))}, {words}." for words in drawn)
            for name in check_distinct(classes)
        }
        return PromptSet("random_words", sentences)
