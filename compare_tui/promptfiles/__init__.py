"""Prompts from files and options: what they hold stays literal, a mistake is named with file and line."""

from compare_tui.promptfiles.items import Item, read_items, with_extras
from compare_tui.promptfiles.pictures import read_image
from compare_tui.promptfiles.places import PromptFileError, read_text_option
from compare_tui.promptfiles.schemas import read_schema

__all__ = [
    "Item",
    "PromptFileError",
    "read_image",
    "read_items",
    "read_schema",
    "read_text_option",
    "with_extras",
]
