"""The codes of errors and warnings, collected from the source, with their meanings from codes.toml."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from vesicle import errors

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "vesicle"


def meanings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "docs" / "codes.toml").read_text(encoding="utf-8"))


@cache
def collected() -> dict[str, set[str]]:
    """Every code that the source gives to a warning, a notice or a reason, with the files that give it.

    A code that is put together, such as ``f"{key}_missing"``, is collected as a pattern: ``*_missing``.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for code in _codes(call):
                found.setdefault(code, set()).add(path.relative_to(SOURCE).as_posix())
    return found


def undescribed() -> list[str]:
    described = meanings()
    known = [*described["warnings"], *described["outcomes"], *error_codes()]
    return sorted(code for code in collected() if not any(matches(code, name) for name in known))


def unused() -> list[str]:
    """Meanings of codes that no source gives any more."""
    return sorted(name for name in meanings()["warnings"] if not any(matches(c, name) for c in collected()))


def error_codes() -> dict[str, type[Exception]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return {kind.code: kind for kind in kinds if issubclass(kind, errors.VesicleError)}


def matches(code: str, name: str) -> bool:
    return re.fullmatch(re.escape(code).replace(r"\*", "[a-z0-9_]+"), name) is not None


def _codes(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg in {"code", "reason_code"}:
            yield from _strings(keyword.value)
    if isinstance(node.func, ast.Name) and node.func.id == "Warned" and node.args:
        yield from _strings(node.args[0])


def _strings(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _strings(value.body)
        yield from _strings(value.orelse)
    elif isinstance(value, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in value.values)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value
