"""The fenced blocks of a Markdown page, in order."""

import re
from dataclasses import dataclass

_FENCE = re.compile(
    r"^(?P<mark>`{3,})(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=mark)$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    arguments: str
    expected: tuple[str, ...]
    exit_code: int


def blocks_of(page):
    return [
        Block(match["language"], match["text"], page.count("\n", 0, match.start("text")) + 1)
        for match in _FENCE.finditer(page)
    ]


def commands_of(block):
    """The commands of a console block; after ``; echo $?`` the last line shown is the exit code."""
    found = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, *shown = part.rstrip("\n").split("\n")
        exit_code = int(shown.pop()) if line.endswith("; echo $?") else 0
        expected = tuple(text for text in shown if text.strip() not in {"", "..."})
        found.append(Command(line.removesuffix("; echo $?"), expected, exit_code))
    return found
