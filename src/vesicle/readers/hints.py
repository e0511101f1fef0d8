"""Formats that we recognise and have no sample of: what to export instead, and which columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch

from vesicle.readers import Hint
from vesicle.readers.text import head_text

_COLUMNS = "'Diameter (nm)' with 'Count' or 'Concentration (particles/mL)'"
_EXPORT = (
    f"Export the number-weighted size distribution as csv with the columns {_COLUMNS}, one file per sample."
)

BY_CONTENT, BY_NAME = 0.15, 0.1
"""Below the least score of a reader, so that a file which can be read is always read."""

_HDF5, _OLE = b"\x89HDF\r\n\x1a\n", b"\xd0\xcf\x11\xe0"


def _recognise(
    *,
    names: tuple[str, ...] = (),
    words: str = "",
    starts: tuple[bytes, ...] = (),
    only: tuple[str, ...] = ("*",),
) -> Callable[[str, bytes], float]:
    """A sniff from name patterns, a pattern of words in the text, and first bytes; ``only`` limits the last two."""
    pattern = re.compile(words, flags=re.IGNORECASE) if words else None

    def sniff(name: str, head: bytes) -> float:
        folded = name.casefold()
        if any(fnmatch(folded, allowed) for allowed in only):
            if starts and head.startswith(starts):
                return BY_CONTENT
            if pattern is not None and pattern.search(head_text(head)[:20_000]):
                return BY_CONTENT
        return BY_NAME if any(fnmatch(folded, known) for known in names) else 0.0

    return sniff


def _is_video(name: str, head: bytes) -> float:
    is_avi = head.startswith(b"RIFF") and head[8:12] == b"AVI "
    is_mp4 = head[4:8] == b"ftyp"
    is_tiff = head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"))
    if is_avi or is_mp4 or is_tiff:
        return BY_CONTENT
    return BY_NAME if re.search(r"\.(avi|mp4|mov|mkv|wmv|tiff?)$", name, flags=re.IGNORECASE) else 0.0


HINTS: tuple[Hint, ...] = (
    Hint(
        name="ns-xplorer",
        title="NanoSight Pro, NS Xplorer software",
        sniff=_recognise(names=("*.nsx", "*.nsproj"), words=r"NS ?Xplorer"),
        remedy=f"In NS Xplorer: {_EXPORT}",
    ),
    Hint(
        name="viewsizer",
        title="Horiba ViewSizer 3000",
        sniff=_recognise(words=r"ViewSizer", only=("*.dat", "*.xml", "*.md", "*.txt", "*.csv")),
        remedy=f"Save the .dat table of sizes and counts as csv. {_EXPORT}",
    ),
    Hint(
        name="videodrop",
        title="Myriade Videodrop",
        sniff=_recognise(names=("*videodrop*",), words=r"Videodrop|Modal diameter[\s\S]*Number of videos"),
        remedy=f"The results table holds percentiles only. In qvir: {_EXPORT}",
    ),
    Hint(
        name="izon",
        title="Izon qNano or Exoid",
        sniff=_recognise(
            names=("*.izon", "*.tdms", "*exoid*", "*qnano*"), words=r"\bizon\b|\bqNano\b|\bExoid\b"
        ),
        remedy="In the Izon Data Suite: export the particle list as csv with the column 'Diameter (nm)', one row "
        "per particle, one file per sample.",
    ),
    Hint(
        name="zetasizer",
        title="Malvern Zetasizer",
        sniff=_recognise(names=("*.zmes", "*.dts"), words=r"Zetasizer|Z-Average|Size \(d\.nm\)"),
        remedy="Light scattering weighs by intensity. Export the number distribution as csv with the columns "
        "'Diameter (nm)' and 'Number (Percent)'; it gives a size and no concentration in particles/mL or count.",
    ),
    Hint(
        name="nanofcm",
        title="NanoFCM Flow NanoAnalyzer",
        sniff=_recognise(
            names=("*.nfa", "*nanofcm*"), words=r"NanoFCM|NF Profession", only=("*.csv", "*.txt", "*.nfa")
        ),
        remedy=f"In NF Profession: {_EXPORT}",
    ),
    Hint(
        name="spectradyne",
        title="Spectradyne nCS1 or ARC",
        sniff=_recognise(names=("*spectradyne*",), starts=(_HDF5,), only=("*.h5", "*.hdf5")),
        remedy="In the Spectradyne viewer, or with RPSPASS: export the particle list as csv with the column "
        "'Diameter (nm)', or the distribution with 'Concentration (particles/mL)' or 'Count'.",
    ),
    Hint(
        name="raw-video",
        title="Video or image stack",
        sniff=_is_video,
        remedy="Tracking of videos is not part of this version. Analyse the video in the instrument's software and "
        f"export as csv: {_COLUMNS}.",
    ),
    Hint(
        name="fcs",
        title="Flow cytometry standard file",
        sniff=_recognise(names=("*.fcs",), starts=(b"FCS2.0", b"FCS3.0", b"FCS3.1", b"FCS3.2")),
        remedy=f"Flow cytometry events are not part of this version. If the instrument calibrated diameters, export "
        f"as csv: {_COLUMNS}.",
    ),
    Hint(
        name="nanosight-index",
        title="NanoSight experiment index (.nano)",
        sniff=_recognise(names=("*.nano",)),
        remedy="This file only points at the videos. In NTA: export results as csv, and put the "
        "ExperimentSummary.csv (diameter in nm, particles/mL) into the folder.",
    ),
    Hint(
        name="zetaview-project",
        title="ZetaView project file",
        sniff=_recognise(names=("*.zvr", "*.zvp", "*.zvproj", "*.zvm")),
        remedy="In the ZetaView software: export as text (the _size_ txt with diameter in nm, number and particles "
        "per cm3) or as csv, and add the PDF report.",
    ),
    Hint(
        name="old-workbook",
        title="Old or protected Excel workbook",
        sniff=_recognise(
            names=("*.xls", "*.xlsb", "*.ods", "*.numbers"),
            starts=(_OLE,),
            only=("*.xls", "*.xlsx", "*.xlsb"),
        ),
        remedy=f"Remove a password, and save as .xlsx or export as csv: {_COLUMNS}, or 'Sample' and 'Protein (ug/mL)'.",
    ),
)
