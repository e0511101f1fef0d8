"""What the names of a cytometer's file say about its role and its subject, when nobody states them.

These are guesses from names. They are shown as such, and any of them gives way to ``[[files]]`` in
``vesicle.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vesicle.measurements import FlowFile
from vesicle.measurements.cytometry import Subject

_BLANK_CORE = frozenset(
    re.findall(r"\w+", "pbs dpbs hbss buffer water diluent blank blanks milliq hepes saline")
)
_BLANK_WORDS = _BLANK_CORE | frozenset(
    re.findall(
        r"\w+",
        "hplc filtered control only day run rep r sample line sampleline tube well no um nm ul ml nl min s export "
        "specimen a b c d particle free sheath the in of n start end after before",
    )
)
_CLEARLY_BLANK = frozenset(("blank", "blanks"))
_STAINS = re.compile(r"\b(?:cd\d+\w*|anti|antibod\w+|ab|abs|mab|memglow|cfse|cfda|dye|stain|igg\d*\w*)\b")
_SMALL_PARTICLES = re.compile(r"nano|apogee|\ba50\b|\ba60\b", re.IGNORECASE)
_SMALL_SCATTER = re.compile(r"vssc\d*|\d{3}\s?[lms]a(?:ls)", re.IGNORECASE)
_OF_PARTICLES = re.compile(
    r"\b(?:s|l|m|msc)?evs?\b|\b(?:exo|exos)\b|exosom|vesicle|liposom|nanoparticle|nano ?vis|\bcd(?:9|63|81)\b|memglow"
)
_OF_CELLS = re.compile(
    r"\bcd(?:73|90|105|45|34|14|11b|79a|79alpha|19|3|4|8)\b|\bhla ?dr\b|\bnt5e\b|\bthy ?1\b|\bendoglin\b"
    r"|\b(?:h|ad|bm|uc)?mscs?\b(?! ?(?:[slm]?evs?\b|exo|vesicle|derived|sec))"
    r"|\bcells?\b|\bpbmcs?\b|\bviab\w*|\blive ?dead\b|\b7 ?aad\b|\bzombie\b|\blymph\w*"
)
_SCATTER = re.compile(r"\b[a-z]*(?:fsc|ssc|fs|ss|als|width|time)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A term and the words that suggest it; the words come from a fixed list, never from a keyword as it stands."""

    term: str
    because: str


_ROLES: tuple[tuple[str, str], ...] = (
    (
        "reagent control",
        r"reagent|(?:antibod\w+|ab|dye|stain|mix|label) only|no (?:evs?|exos?|vesicles?|sample)\b",
    ),
    ("procedural control", r"procedural|process(?:ing)? (?:control|blank)|mock"),
    ("detergent", r"triton|tx ?100|np ?40|detergent|\bsds\b"),
    ("protease", r"protease|proteinase|trypsin"),
    ("isotype", r"isotypes?|\biso\d*\b|\bigg\d?[kabc]*\b|\bigm\b"),
    ("FMO", r"\bfmo\b"),
    ("unstained", r"unstain\w*|no stain|no dye|unlabel\w*"),
    ("single stain", r"single (?:stain|colou?r|label)\w*|comp(?:ensation)? (?:control|tube|beads?)"),
    ("wash", r"\bwash(?:es)?\b|\brinse\b|\bflush\b|\bcleaning\b"),
    (
        "calibration beads",
        r"rainbow|\brcp\d*|\bmesf\b|\bmefl?\b|quantum|\d ?peaks?\b|spherotech|ultrarainbow",
    ),
    ("size standard", r"nano ?vis|megamix|gigamix|verity|polystyrene|silica|latex|nanospheres?|nm ?beads?"),
    ("calibration beads", r"\bbeads?\b"),
)
"""In the order in which they are tried: what was done to a sample says more than what it is diluted in."""


def words_of(text: str) -> str:
    """A name as words in small letters, with numbers apart from the words before them only by their own sign.

    Parameters
    ----------
    text : str
        A file's stem or a channel's label.

    Returns
    -------
    str
        Separated by single blanks.

    Examples
    --------
    >>> words_of("Blank-SampleLine1_CD81")
    'blank sample line1 cd81'
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", apart.casefold()))


def guess_role(file: FlowFile, *, subject: Subject) -> Guess | None:
    """The role that a file's name suggests, or the labels of its channels.

    Parameters
    ----------
    file : FlowFile
        As its reader returned it.
    subject : {"cells", "particles", ""}
        What was run, as far as it is known: a blank of cells is cells without stain.

    Returns
    -------
    Guess or None
        None for a sample.
    """
    words = words_of(file.stem)
    parts = [part for part in re.findall(r"[a-z]+", words) if len(part) > 1 or part in _BLANK_WORDS]
    has_blank = bool(_BLANK_CORE & set(parts))
    stained = _STAINS.search(words)
    if has_blank and stained and subject != "cells":
        return Guess(term="reagent control", because=stained[0])
    for term, pattern in _ROLES:
        found = re.search(pattern, words)
        if found and not (term == "detergent" and subject == "cells"):
            return Guess(term=term, because=found[0])
    if has_blank and (_CLEARLY_BLANK & set(parts) or set(parts) <= _BLANK_WORDS):
        term = "unstained" if subject == "cells" and _CLEARLY_BLANK & set(parts) else "buffer blank"
        return Guess(term=term, because=next(part for part in parts if part in _BLANK_CORE))
    return _from_labels(file)


def _from_labels(file: FlowFile) -> Guess | None:
    """An isotype control where the stains of all labelled channels are isotypes."""
    pattern = next(pattern for term, pattern in _ROLES if term == "isotype")
    stains = [words for words in map(words_of, labels_of(file)) if _STAINS.search(words)]
    found = [match for words in stains if (match := re.search(pattern, words))]
    return Guess(term="isotype", because=found[0][0]) if found and len(found) == len(stains) else None


def guess_subject(file: FlowFile) -> Guess | None:
    """Whether cells or small particles were run, as instrument, channels and names suggest.

    Parameters
    ----------
    file : FlowFile
        As its reader returned it.

    Returns
    -------
    Guess or None
        None where nothing says it, or names of both kinds stand beside each other.
    """
    instrument = _SMALL_PARTICLES.search(file.instrument)
    names = [channel.name for dataset in file.datasets for channel in dataset.channels]
    scatter = next((m for text in (*names, *labels_of(file)) if (m := _SMALL_SCATTER.match(text))), None)
    if instrument or scatter:
        return Guess(
            term="particles", because=file.instrument if instrument else scatter[0] if scatter else ""
        )
    texts = [words_of(text) for text in (file.stem, *labels_of(file))]
    particles, cells = (_first(pattern, texts) for pattern in (_OF_PARTICLES, _OF_CELLS))
    if bool(particles) == bool(cells):
        return None
    return Guess(term="particles", because=particles) if particles else Guess(term="cells", because=cells)


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    return next((match[0] for text in texts if (match := pattern.search(text))), "")


def labels_of(file: FlowFile) -> tuple[str, ...]:
    """What the channels of a file are called beside their detectors, without scatter and time.

    Parameters
    ----------
    file : FlowFile
        As its reader returned it.

    Returns
    -------
    tuple of str
        Labels of all data sets, once each.
    """
    labels = (
        channel.label
        for dataset in file.datasets
        for channel in dataset.channels
        if channel.label and not _SCATTER.search(words_of(channel.label))
    )
    return tuple(dict.fromkeys(labels))
