"""Run numpydoc's validation over everything public in src; one line per finding; exit 1 when there is one.

What is checked, and what counts as public, stands in pyproject.toml under [tool.numpydoc_validation].
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

from numpydoc.hooks.validate_docstrings import DocstringVisitor, parse_config

ROOT = Path(__file__).resolve().parents[1]


class Visitor(DocstringVisitor):
    """numpydoc's own, with the four exceptions of the house style."""

    def _ignore_issue(self, node: ast.AST, check: str) -> bool:
        is_nested = any(isinstance(above, ast.FunctionDef) for above in self.stack if above is not node)
        is_question = check == "SS03" and _summary(node).endswith("?")  # a check may ask its question
        is_property = check == "RT01" and _is_property(node)  # it reads as the attribute that it is
        is_told_there = check in {"PR01", "RT01"} and _summary(node).startswith("As :meth:`")  # of a protocol
        return is_nested or is_question or is_property or is_told_there or super()._ignore_issue(node, check)


def main(paths: list[str]) -> int:
    config = parse_config(ROOT)
    files = [Path(path).resolve() for path in paths] or sorted((ROOT / "src").rglob("*.py"))
    rows = [finding for file in files for finding in findings(file, config)]
    for place, name, code, message in rows:
        print(f"{place.removeprefix(f'{ROOT}/')}: {code} {name}: {' '.join(message.split())}")
    counted = ", ".join(f"{code} {n}" for code, n in Counter(row[2] for row in rows).most_common())
    print(f"docstrings: {len(rows)} findings in {len(files)} files" + (f" ({counted})" if counted else ""))
    return 1 if rows else 0


def findings(file: Path, config: dict[str, object]) -> list[list[str]]:
    visitor = Visitor(filepath=str(file), config=config)
    visitor.visit(ast.parse(file.read_text(encoding="utf-8")))
    return visitor.findings


def _summary(node: ast.AST) -> str:
    return (ast.get_docstring(node) or "").split("\n\n")[0]


def _is_property(node: ast.AST) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in getattr(node, "decorator_list", ()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
