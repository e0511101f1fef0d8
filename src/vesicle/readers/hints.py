"""Formats that we recognise and have no sample of: what to export instead, and which columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch

from vesicle.readers import Hint
from vesicle.readers.text import head_text

BY_CONTENT, BY_NAME = 0.15, 0.1
"""Below the least score of a reader, so that a file which can be read is always read."""

_COLUMNS = "'Diameter (nm)' with 'Count' or 'Concentration (particles/mL)'"
_EXPORT = (
    f"export the number-weighted size distribution as csv with the columns {_COLUMNS}, a file per sample."
)
_HDF5, _OLE = b"\x89HDF\r\n\x1a\n", b"\xd0\xcf\x11\xe0"
_TEXTS = ("*.csv", "*.tsv", "*.txt")
_Sniff = Callable[[str, bytes], float]


def _recognise(
    *names: str, words: str = "", starts: tuple[bytes, ...] = (), only: tuple[str, ...] = _TEXTS
) -> _Sniff:
    """Look at names, words in the text and first bytes; ``only`` says of which files to read the words."""
    pattern = re.compile(words, flags=re.IGNORECASE) if words else None

    def sniff(name: str, head: bytes) -> float:
        folded = name.casefold()
        has_words = pattern is not None and any(fnmatch(folded, allowed) for allowed in only)
        if has_words and pattern is not None and pattern.search(head_text(head)[:20_000]):
            return BY_CONTENT
        if starts and head.startswith(starts):
            return BY_CONTENT
        return BY_NAME if any(fnmatch(folded, known) for known in names) else 0.0

    return sniff


def _hint(name: str, title: str, remedy: str, *, sniff: _Sniff) -> Hint:
    return Hint(name=name, title=title, sniff=sniff, remedy=remedy)


HINTS: tuple[Hint, ...] = (
    _hint(
        "ns-xplorer",
        "NanoSight Pro, NS Xplorer software",
        f"In NS Xplorer, {_EXPORT}",
        sniff=_recognise("*.nsx", "*.nsproj", words=r"NS ?Xplorer"),
    ),
    _hint(
        "viewsizer",
        "Horiba ViewSizer 3000",
        f"Save the .dat table of sizes and counts under these names; that is, {_EXPORT}",
        sniff=_recognise("*viewsizer*", words=r"ViewSizer", only=("*.dat", "*.xml", "*.md", *_TEXTS)),
    ),
    _hint(
        "videodrop",
        "Myriade Videodrop",
        f"The results table holds percentiles alone. In the Videodrop software, {_EXPORT}",
        sniff=_recognise(
            "*videodrop*", words=r"Videodrop|(Mean|Median|Modal) diameter[\s\S]*Number of videos"
        ),
    ),
    _hint(
        "izon",
        "Izon qNano or Exoid",
        "In the Izon software, export the particle list as csv with the column 'Diameter (nm)', one row per "
        f"particle; or {_EXPORT}",
        sniff=_recognise("*.izon", "*exoid*", "*qnano*", words=r"\bizon\b|\bqNano\b|\bExoid\b"),
    ),
    _hint(
        "zetasizer",
        "Malvern Zetasizer",
        "Light scattering weighs by intensity. Export the number distribution as csv with the columns "
        "'Diameter (nm)' and 'Number (Percent)'; it gives sizes, and neither a count nor particles/mL.",
        sniff=_recognise("*.zmes", "*.dts", words=r"Zetasizer|Z-Average|Size \(d\.nm\)"),
    ),
    _hint(
        "nanofcm",
        "NanoFCM Flow NanoAnalyzer",
        f"In the instrument's software, {_EXPORT}",
        sniff=_recognise("*.nfa", "*nanofcm*", words=r"NanoFCM|NF Profession"),
    ),
    _hint(
        "spectradyne",
        "Spectradyne nCS1 or ARC",
        f"In the viewer of the instrument, or with RPSPASS, {_EXPORT}",
        sniff=_recognise("*spectradyne*", "*.h5", "*.hdf5", starts=(_HDF5,)),
    ),
    _hint(
        "unknown-video",
        "Named like a video, with content of another kind",
        "Only the name is that of a video: the content is another, such as a web page that was saved. Copy the file "
        "again, or save the video again as an uncompressed AVI or TIFF stack; or analyse it in the "
        "instrument's software and "
        f"{_EXPORT}",
        sniff=_recognise("*.avi", "*.tif", "*.tiff", "*.stk", "*.mp4", "*.mov", "*.mkv", "*.wmv"),
    ),
    _hint(
        "nanosight-index",
        "NanoSight experiment index (.nano)",
        "This file only points at the videos. In NTA, export as csv and add the ExperimentSummary.csv, which "
        "holds the diameter in nm and particles/mL.",
        sniff=_recognise("*.nano"),
    ),
    _hint(
        "zetaview-project",
        "ZetaView project file",
        "In the ZetaView software, export as csv or text: the _size_ txt holds the diameter in nm, "
        "the number and the concentration (particles/mL as cm-3); add the PDF report.",
        sniff=_recognise("*.zvr", "*.zvp", "*.zvm", "*.zvproj"),
    ),
    _hint(
        "old-workbook",
        "Old or protected Excel workbook, or another spreadsheet",
        f"Remove a password, and save as .xlsx or export as csv: {_COLUMNS}, or 'Sample' and "
        "'Protein (ug/mL)'.",
        sniff=_recognise("*.xls", "*.xlsb", "*.ods", "*.numbers", starts=(_OLE,)),
    ),
)
