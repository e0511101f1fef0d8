"""Frozen records of what instruments report; readers make them, domains read them."""

from vesicle.measurements.folder import FileFact, FolderRecord
from vesicle.measurements.protein import ProteinReading, ProteinTable
from vesicle.measurements.sizing import (
    Dilution,
    PositionRow,
    PositionTable,
    Setting,
    SizeHistogram,
    SizeRun,
    SizeTracks,
    VendorReport,
    VendorSummary,
    VideoResult,
    ZetaProfile,
)

__all__ = [
    "Dilution",
    "FileFact",
    "FolderRecord",
    "PositionRow",
    "PositionTable",
    "ProteinReading",
    "ProteinTable",
    "Setting",
    "SizeHistogram",
    "SizeRun",
    "SizeTracks",
    "VendorReport",
    "VendorSummary",
    "VideoResult",
    "ZetaProfile",
]
