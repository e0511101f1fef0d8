"""The few marks of Markdown that the generated pages need."""

from __future__ import annotations

from collections.abc import Iterable

NOTE = "<!-- written by docs/generate.py from the code; changes belong there -->\n"


def page(title: str, *parts: str) -> str:
    return "\n\n".join((NOTE.rstrip(), f"# {title}", *(part for part in parts if part))).rstrip() + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def code(text: object) -> str:
    return f"`{text}`"


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
