"""How names of microRNAs are built: species, number, letter, copy and arm, in the spellings that tables hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["mature", "precursor"]

#: miRBase's prefix by species, for the species that samples of this field come from.
PREFIXES = {
    "Homo sapiens": "hsa",
    "Mus musculus": "mmu",
    "Rattus norvegicus": "rno",
    "Bos taurus": "bta",
    "Sus scrofa": "ssc",
    "Canis lupus familiaris": "cfa",
}
_MOST_COPIES = 20  # a larger number after the name is the other end of a cluster
_NAME = re.compile(
    r"(?:(?P<prefix>[a-z]{3,4})[-_])?(?:hsa-)?"
    r"(?P<stem>(?:mirna|microrna|mir)(?=[-_ ]?\d)|(?:mir-?)?let(?=[-_ ]?7))[-_ ]?"
    r"(?P<number>\d{1,6})(?P<letter>[a-z]{0,2}?)"
    r"(?P<copies>(?:[-~]\d{1,3}(?![\d]*p))*)"
    r"(?P<assay>[-_]\d{6,7})?"
    r"(?P<arm>[-_. ]?[35]p|\*|#|[-_]star)?",
    re.IGNORECASE,
)
_GENE = re.compile(r"MIR(?P<let>LET)?(?P<number>\d{1,6})(?P<letter>[A-Z]{0,2})(?P<copy>-?\d{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroRnaName:
    """The parts of one name.

    ``arm`` is ``5p``, ``3p``, ``*`` or empty; ``kind`` is None where the spelling leaves it open.
    """

    prefix: str
    stem: str
    number: int
    letter: str
    copies: tuple[int, ...]
    arm: str
    kind: Kind | None

    @property
    def core(self) -> str:
        """The name without species, copy and arm, spelled as a mature one: ``miR-125b``."""
        return f"{'let' if self.stem == 'let' else 'miR'}-{self.number}{self.letter}"

    @property
    def family(self) -> str:
        """Number and arm without the letter: a family by its name alone, ``miR-125-5p``."""
        stem = "let" if self.stem == "let" else "miR"
        return f"{stem}-{self.number}" + (f"-{self.arm}" if self.arm in ("5p", "3p") else "")

    @property
    def is_cluster(self) -> bool:
        """Whether it names a stretch of genes, such as ``miR-17-92``."""
        return any(copy > _MOST_COPIES for copy in self.copies)

    def __str__(self) -> str:
        stem = "mir" if self.kind == "precursor" and self.stem != "let" else self.core.split("-")[0]
        copies = "".join(f"-{copy}" for copy in self.copies)
        arm = {"": "", "*": "*"}.get(self.arm, f"-{self.arm}")
        species = f"{self.prefix}-" if self.prefix else ""
        return f"{species}{stem}-{self.number}{self.letter}{copies}{arm}"

    def with_arm(self, arm: str) -> MicroRnaName:
        """The mature name with this arm.

        Parameters
        ----------
        arm : str
            ``5p`` or ``3p``.

        Returns
        -------
        MicroRnaName
            With kind ``mature``.
        """
        return replace(self, arm=arm, kind="mature")


def parse_microrna(text: str) -> MicroRnaName | None:
    """The parts of a microRNA's name, in any of the spellings that tables hold.

    Parameters
    ----------
    text : str
        For example ``hsa-miR-21-5p``, ``mmu-let-7a-1``, ``miR-199a*``, ``MIR125B1`` or ``Hsa-Mir-21_5p``.

    Returns
    -------
    MicroRnaName or None
        None when it is no such name.

    Examples
    --------
    >>> name = parse_microrna("hsa-miR-125b-1*")
    >>> name.core, name.copies, name.arm, name.kind
    ('miR-125b', (1,), '*', 'mature')
    >>> str(parse_microrna("MIRLET7A1")), str(parse_microrna("miR 21_5P"))
    ('let-7a-1', 'miR-21-5p')
    """
    gene = _GENE.fullmatch(text)
    if gene:
        return _from_gene(gene)
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    arm = _arm(found["arm"] or "")
    copies = tuple(int(copy) for copy in re.findall(r"\d+", found["copies"]))
    stem = "let" if found["stem"].lower().endswith("let") else "mir"
    return MicroRnaName(
        prefix=(found["prefix"] or "").lower(),
        stem=stem,
        number=int(found["number"]),
        letter=found["letter"].lower(),
        copies=copies,
        arm=arm,
        kind=_kind(found["stem"], stem=stem, arm=arm, has_copies=bool(copies)),
    )


def _kind(spelled: str, *, stem: str, arm: str, has_copies: bool) -> Kind | None:
    if arm:
        return "mature"
    if stem == "let":
        return "precursor" if has_copies else None
    if spelled == "mir":
        return "precursor"
    return "mature" if spelled == "miR" else None


def _arm(text: str) -> str:
    if not text:
        return ""
    digit = re.search(r"[35]", text)
    return f"{digit[0]}p" if digit else "*"


def _from_gene(gene: re.Match[str]) -> MicroRnaName:
    copy = (gene["copy"] or "").strip("-")
    return MicroRnaName(
        prefix="",
        stem="let" if gene["let"] else "mir",
        number=int(gene["number"]),
        letter=gene["letter"].lower(),
        copies=(int(copy),) if copy else (),
        arm="",
        kind="precursor",
    )
