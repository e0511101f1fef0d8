"""The words in which the page, the notebook and the workbook speak of verdicts and sources."""

from __future__ import annotations

from vesicle.results import Verdict

VERDICT_WORDS = {
    Verdict.PASS: "Pass",
    Verdict.WARN: "Warning",
    Verdict.FAIL: "Fail",
    Verdict.NOT_ASSESSED: "Not assessed",
    Verdict.NOT_APPLICABLE: "Not applicable",
}

VERDICT_CLASSES = {
    Verdict.PASS: "pass",
    Verdict.WARN: "warn",
    Verdict.FAIL: "fail",
    Verdict.NOT_ASSESSED: "none",
    Verdict.NOT_APPLICABLE: "skip",
}

SOURCE_BADGES = (
    ("house", "House rule", "house rule: chosen by us, editable in vesicle.toml"),
    ("memory", "From memory", "from memory: not checked against the document"),
    ("second-hand", "Second-hand", "second-hand: read in a text that reports the source"),
    ("derived", "Derived", "derived: follows by arithmetic from a stated formula"),
    ("seen", "Seen", "seen: read in a public text"),
)
"""Word in the source's status, badge, and what the badge means."""

STANDING_NOTES = (
    "Research use only. Not a medical device; not for the diagnosis or treatment of a patient. "
    "Do not enter data that identify a patient.",
    "Particles are what the instrument counted. Size and surface markers do not tell how a vesicle "
    "was formed.",
    "Missing data is never a pass: it is counted and listed on this page.",
    "Limits that are ours are marked as house rules and can be changed in vesicle.toml; changes are "
    "printed beside them.",
    "In a public notice of 2019 the FDA said that no exosome product was approved then. The "
    "regulatory status is "
    "not tracked here; a product needs the permission of the authority in charge.",
)
"""What every dossier says on page one."""


def source_badges(status: str) -> tuple[tuple[str, str, str], ...]:
    """The badges of a source's status.

    Parameters
    ----------
    status : str
        For example ``limits house`` or ``paper seen in part; high second-hand``.

    Returns
    -------
    tuple of (str, str, str)
        Class, badge and meaning, for each word that the status holds.
    """
    return tuple(row for row in SOURCE_BADGES if row[0] in status)
