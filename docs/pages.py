"""The pages of the reference, each a function that reads the code and returns Markdown."""

from __future__ import annotations

import builtins
import dataclasses
import datetime as dt
import json
import typing
from collections import abc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from docs.codes import collected, error_codes, matches, meanings
from docs.markdown import code, page, table

from vesicle.checks import find_checks
from vesicle.cli import main
from vesicle.cli.manifest_text import LAYOUT
from vesicle.dossier import find_sections
from vesicle.manifest.load import CLOSED, OPEN
from vesicle.manifest.model import Manifest
from vesicle.readers import find_hints, find_readers
from vesicle.standards import load_limits, load_standard, planned_checks, terms

SCHEMAS = Path(__file__).parent / "schemas"


def index() -> str:
    pages = "\n".join(name for name in PAGES if name != "index")
    text = "Every page of this part is written from the code, and a test fails when a page is stale."
    return page("Reference", text, f"```{{toctree}}\n:maxdepth: 1\n\n{pages}\n```")


def command_line() -> str:
    context = main.make_context(
        "vesicle", [], resilient_parsing=True, max_content_width=80, terminal_width=80
    )
    parts = [_help(context), *_commands(context)]
    exits = table(("Exit code", "Meaning"), meanings()["exit_codes"].items())
    where = (
        "`python -m vesicle` is the same program. Documents of `--json` are described under [](schemas.md)."
    )
    return page("Command line", where, *parts, "## Exit codes", exits)


def readers() -> str:
    rows = [
        (code(r.name), r.title, ", ".join(map(code, r.patterns)), f"{r.gives}.", r.how_to_export)
        for r in find_readers()
    ]
    intro = (
        "A file is recognised by its content; the pattern of its name only helps. "
        "The name of a reader stands in every output that rests on it."
    )
    head = ("Reader", "Format", "Usual name", "Gives", "How to export it")
    hints = [(code(h.name), h.title, h.remedy) for h in find_hints()]
    return page(
        "Readers",
        intro,
        table(head, rows),
        "## Formats that are recognised only to say what to export instead",
        table(("Name", "Format", "What to do"), hints),
    )


def checks() -> str:
    limits = load_limits()
    intro = (
        "Five verdicts: pass, warn, fail, not_assessed, not_applicable. The status says what was seen of a source: "
        "`seen` in a public text, `second-hand` in a text that reports it, `memory` not checked, `house` our own "
        f"choice, `derived` by arithmetic. Version of the rules: {limits.version}."
    )
    parts = [part for check in find_checks() for part in _check(check, limits[check.id])]
    planned = table(("Check", "Title"), planned_checks())
    return page("Checks", intro, *parts, "## Not judged by this version", planned)


def sections() -> str:
    rows = [
        (s.id, s.title, s.question, ", ".join(code(kind.__name__) for kind in s.needs) or "-")
        for s in find_sections()
    ]
    return page("Sections of the dossier", table(("Section", "Title", "Question", "Rests on"), rows))


def manifest() -> str:
    intro = (
        "`vesicle.toml` lies in the folder of raw files. Every key may be absent; what is absent only makes the "
        'checks that need it "not assessed". `vesicle init` writes it with every key explained.'
    )
    parts = [part for block in _blocks() for part in block]
    named = {**dict.fromkeys(CLOSED.values(), "only these"), **dict.fromkeys(OPEN.values(), "free text too")}
    parts.append("## Terms")
    for field, taken in sorted(named.items()):
        rows = [
            (label, row.get("ontology_id", "-"), row.get("note", ""), row.get("id_status", ""))
            for label, row in terms(field).items()
        ]
        parts += [f"### {field} ({taken})", table(("Term", "Identifier", "Also", "Identifier was"), rows)]
    return page("Manifest", intro, *parts)


def codes() -> str:
    described, given = meanings(), collected()
    tree = [
        (
            code(name),
            code(kind.__name__),
            getattr(kind, "exit_code", ""),
            (kind.__doc__ or "").splitlines()[0],
        )
        for name, kind in error_codes().items()
    ]
    warnings = [(code(name), text, _givers(name, given)) for name, text in described["warnings"].items()]
    return page(
        "Codes of errors and warnings",
        "Messages may change; codes stay. An error says what, where, why and what to do next.",
        "## Errors",
        table(("Code", "Class in `vesicle.errors`", "Exit code", "Meaning"), tree),
        "## Other outcomes",
        table(("Code", "Meaning"), [(code(name), text) for name, text in described["outcomes"].items()]),
        "## Warnings and notices",
        table(("Code", "Meaning", "Given by"), warnings),
    )


def schemas() -> str:
    intro = "Every command has `--json`; each document names its schema in the field `schema`."
    parts = []
    for path in sorted(SCHEMAS.glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        properties = schema.get("properties", {})
        named = properties.get("schema", {}).get("const", path.stem)
        rows = [(code(name), value.get("description") or _shape(value)) for name, value in properties.items()]
        link = f"[{path.name}](../schemas/{path.name})"
        parts += [f"## {named}", f"{schema.get('description', schema.get('title', ''))} JSON Schema: {link}"]
        parts.append(table(("Key", "Holds"), rows) if rows else "")
    return page("JSON documents", intro, *parts)


def _shape(value: dict[str, Any]) -> str:
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return "one of " + ", ".join(code(word) for word in value["enum"])
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if value.get("type") == "array":
        return f"list of {_shape(value.get('items', {}))}"
    if value.get("properties"):
        return "object with " + ", ".join(code(name) for name in value["properties"])
    kinds = value.get("type", "any value")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _commands(context: click.Context) -> Iterator[str]:
    """Every command of a group with its help, and those of the groups in it."""
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = command.make_context(name, [], parent=context, resilient_parsing=True)
        yield from (f"## {inner.command_path}", _help(inner))
        if isinstance(command, click.Group):
            yield from _commands(inner)


def _help(context: click.Context) -> str:
    return f"```text\n{context.get_help()}\n```"


def _check(check: Any, standard: Any) -> Iterator[str]:
    yield f"## {check.id}: {standard.title}"
    yield standard.rule
    source = standard.source
    doi = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
    rests = [*(kind.__name__ for kind in check.needs), *check.after]
    yield f"**Source** {source.text.rstrip('.')}.{doi} **Status** {source.status}."
    yield f"**Rests on** {', '.join(map(code, rests)) or '-'}. **Would change it** {standard.would_change}"
    rows = [
        (code(limit.name), f"{limit.value:g}", limit.unit, limit.meaning, limit.status)
        for limit in standard.limits.values()
    ]
    if rows:
        yield table((f"Limit under `[limits.{check.id}]`", "Value", "Unit", "Meaning", "Status"), rows)


def _blocks() -> Iterator[list[str]]:
    explained = {block.name.split(".")[0]: block for block in LAYOUT}
    vocabulary = {**CLOSED, **OPEN}
    for name, kind in _tables(Manifest):
        block = explained.get(name)
        keys = {key.name: key for key in block.keys} if block else {}
        rows = []
        for field, hint in _fields(kind):
            key, word = keys.get(field.split(".")[0]), vocabulary.get(f"{name}.{field}")
            example = code(key.example) if key and "." not in field else ""
            rows.append((code(field), _type_in_words(hint), example, _meaning(key, word, field)))
        brackets = f"[[{name}]]" if name in {"isolation", "files", "biogenesis_evidence"} else f"[{name}]"
        said = (
            block.meaning
            if block
            else "What a file cannot say about itself; `glob` matches its path or its name. The keys of `[video]` hold "
            "for videos, and `certified_nm` with `certified_uncertainty_nm` for those of a size standard."
        )
        rows = rows or [(code(key.name), "table", code(key.example), "") for key in keys.values()]
        yield [f"## {brackets}", said, table(("Key", "Value", "Example", "Meaning"), rows)]
    yield ["## Attributes of [specification.ATTRIBUTE]", _attributes()]


def _attributes() -> str:
    rows = [(code(n), a["title"], a["unit"]) for n, a in load_standard("specification")["attributes"].items()]
    return table(("Attribute", "Title", "Unit"), rows)


def _meaning(key: Any, vocabulary: str | None, field: str) -> str:
    said = key.meaning if key and "." not in field else ""
    terms = f"terms: {vocabulary}" if vocabulary else ""
    return "; ".join(part for part in (said, terms) if part)


def _tables(kind: type) -> Iterator[tuple[str, type | None]]:
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if field.name not in {"path", "notes"}:
            yield field.name, _record(hints[field.name])


def _record(hint: Any) -> type | None:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return hint
    inner = [found for found in map(_record, typing.get_args(hint)) if found]
    return inner[0] if inner else None


def _fields(kind: type | None) -> Iterator[tuple[str, Any]]:
    if kind is None:
        return
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        inner = _record(hints[field.name])
        if inner is None:
            yield field.name, hints[field.name]
        else:
            yield from ((f"{field.name}.{name}", hint) for name, hint in _fields(inner))


_WORDS = {
    str: "text",
    float: "number",
    int: "whole number",
    bool: "true or false",
    dt.date: "date",
}


def _type_in_words(hint: Any) -> str:
    kinds = typing.get_args(hint)
    match typing.get_origin(hint):
        case typing.Literal:
            return " or ".join(f'"{word}"' for word in kinds)
        case builtins.tuple:
            return f"list: {_type_in_words(kinds[0])}"
        case abc.Mapping:
            return f"table of {_type_in_words(kinds[1])}"
        case typing.Annotated:
            return _type_in_words(kinds[0])
        case None:
            return _WORDS[hint]
        case _:
            return " or ".join(
                dict.fromkeys(_type_in_words(kind) for kind in kinds if kind is not type(None))
            )


def _givers(name: str, given: dict[str, set[str]]) -> str:
    return ", ".join(
        sorted({code(path) for found, paths in given.items() if matches(found, name) for path in paths})
    )


PAGES: dict[str, Callable[[], str]] = {
    "index": index,
    "command-line": command_line,
    "readers": readers,
    "checks": checks,
    "sections": sections,
    "manifest": manifest,
    "codes": codes,
    "schemas": schemas,
}
"""File name without .md -> the function that writes it."""
