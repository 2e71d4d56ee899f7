"""Prompts: the sentences that stand for each class, and their text features.

A prompt source is called with class names and gives a `PromptSet`; `encode_prompts` turns that into one unit
vector a class.
"""

from pointclip2.prompts.bank import BankPrompt
from pointclip2.prompts.encode import TextEncoder, encode_prompts, encode_sentences
from pointclip2.prompts.file import FilePrompt
from pointclip2.prompts.literals import read_literals
from pointclip2.prompts.prompt_set import PromptSet
from pointclip2.prompts.random_words import RandomWordsPrompt
from pointclip2.prompts.templates import NamePrompt, PlainTemplatePrompt, TemplatePrompt, TemplatesPrompt

__all__ = [
    "PromptSet",
    "NamePrompt",
    "TemplatePrompt",
    "TemplatesPrompt",
    "PlainTemplatePrompt",
    "RandomWordsPrompt",
    "BankPrompt",
    "FilePrompt",
    "read_literals",
    "TextEncoder",
    "encode_prompts",
    "encode_sentences",
]
