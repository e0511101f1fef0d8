"""The record of how the dossier was made, as an RO-Crate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath

from vesicle.dossier import Dossier
from vesicle.dossier.exports.document import Json

NAME = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_MEDIA_TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".svg": "image/svg+xml",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".bib": "application/x-bibtex",
}
_TITLES = {
    "dossier.html": "The dossier as a page",
    "dossier.json": "The dossier for programs",
    "dossier.xlsx": "The dossier as a workbook",
    "methods.md": "Methods text",
    "references.bib": "References",
}


def crate_json(dossier: Dossier, outputs: Mapping[str, bytes]) -> str:
    """The metadata file of an RO-Crate 1.1 whose payload is the output folder.

    The run is a ``CreateAction``; the inputs are named by path and hash but are not part of the payload,
    since the output folder does not hold them.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.
    outputs : mapping of str to bytes
        Every other file of the output folder.

    Returns
    -------
    str
        JSON-LD.
    """
    inputs = [
        _input(index, record.file.path, record.file.sha256, record.file.size_bytes)
        for index, record in enumerate(dossier.files, 1)
    ]
    files = [_output(path, content) for path, content in outputs.items()]
    software = [_software(name, version) for name, version in dossier.software.items()]
    graph: list[Json] = [_descriptor(), _root(dossier, files), _run(dossier, inputs, files, software)]
    context: list[Json] = [_CONTEXT, {"sha256": "https://schema.org/sha256"}]
    document: dict[str, Json] = {"@context": context, "@graph": [*graph, *files, *inputs, *software]}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _descriptor() -> dict[str, Json]:
    return {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _root(dossier: Dossier, files: list[dict[str, Json]]) -> dict[str, Json]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Dossier of batch {dossier.batch}",
        "description": "Checks, findings and figures computed from the raw files of one preparation. "
        "Research use only.",
        "datePublished": dossier.created,
        "license": "The data belong to whoever made the measurements; no licence is stated here.",
        "hasPart": _links(files),
        "mentions": [{"@id": "#run"}],
    }


def _run(
    dossier: Dossier,
    inputs: list[dict[str, Json]],
    files: list[dict[str, Json]],
    software: list[dict[str, Json]],
) -> dict[str, Json]:
    settings = "; ".join(f"{name} = {value}" for name, value in dossier.settings.items())
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "vesicle run",
        "description": f"Settings: {settings}" if settings else "Default settings",
        "endTime": dossier.created,
        "instrument": _links(software),
        "object": _links(inputs),
        "result": _links(files),
    }


def _links(entities: list[dict[str, Json]]) -> list[Json]:
    return [{"@id": entity["@id"]} for entity in entities]


def _input(index: int, path: str, sha256: str, size_bytes: int) -> dict[str, Json]:
    return {
        "@id": f"#input-{index}",
        "@type": "DigitalDocument",
        "name": path,
        "description": "An input file of the run; it is not part of this folder.",
        "sha256": sha256,
        "contentSize": str(size_bytes),
    }


def _output(path: str, content: bytes) -> dict[str, Json]:
    return {
        "@id": path,
        "@type": "File",
        "name": _TITLES.get(path, path),
        "encodingFormat": _MEDIA_TYPES.get(PurePosixPath(path).suffix, "application/octet-stream"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _software(name: str, version: str) -> dict[str, Json]:
    return {
        "@id": f"#software-{name.replace(' ', '-')}",
        "@type": "SoftwareApplication",
        "name": name,
        "softwareVersion": version,
    }
