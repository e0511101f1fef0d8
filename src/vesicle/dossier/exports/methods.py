"""The methods text to paste into a paper, with versions, settings and references."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier import Dossier
from vesicle.dossier.appendix import standards_version
from vesicle.dossier.blocks import Methods
from vesicle.dossier.exports.references import cited_keys, reference_line


def methods_text(dossier: Dossier) -> str:
    """The methods text of a dossier as Markdown.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    str
        The paragraphs of its sections, then software, settings and references.
    """
    return "\n\n".join(_parts(dossier)) + "\n"


def _parts(dossier: Dossier) -> Iterator[str]:
    yield "# Methods"
    blocks = [block for section in dossier.sections for block in section.blocks if isinstance(block, Methods)]
    if not blocks:
        yield "No section of this dossier states a method."
    for block in blocks:
        keys = ", ".join(f"@{key}" for key in block.citations)
        yield f"{block.text} [{keys}]" if keys else block.text
    versions = ", ".join(f"{name} {version}" for name, version in dossier.software.items())
    yield f"Software: {versions}. Rules: vesicle standards {standards_version()}. Made {dossier.created}."
    if dossier.settings:
        yield "Settings: " + "; ".join(f"{name} = {value}" for name, value in dossier.settings.items()) + "."
    keys = cited_keys(dossier)
    if keys:
        yield "## References"
        yield "\n".join(f"- {reference_line(key)}" for key in keys)
