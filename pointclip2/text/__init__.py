"""Make the sentences that stand for each class, and encode them into text features.

A prompt source is called with class names and gives a `PromptSet`; `encode_prompts` turns that into one unit
vector a class.
"""

from pointclip2.text.bank import BankPrompt
from pointclip2.text.encode import TextEncoder, encode_prompts, encode_sentences
from pointclip2.text.file import FilePrompt
from pointclip2.text.literals import read_literals
from pointclip2.text.other_names import OtherNamesPrompt
from pointclip2.text.prompt_set import PromptSet
from pointclip2.text.random_words import RandomWordsPrompt
from pointclip2.text.templates import NamePrompt, PlainTemplatePrompt, TemplatePrompt, TemplatesPrompt

__all__ = [
    "PromptSet",
    "NamePrompt",
    "TemplatePrompt",
    "TemplatesPrompt",
    "PlainTemplatePrompt",
    "RandomWordsPrompt",
    "BankPrompt",
    "OtherNamesPrompt",
    "FilePrompt",
    "read_literals",
    "TextEncoder",
    "encode_prompts",
    "encode_sentences",
]
