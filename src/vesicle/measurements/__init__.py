"""Frozen records of what instruments report; readers make them, domains read them."""

from vesicle.measurements.cytometry import (
    BeadSet,
    EventValues,
    FlowChannel,
    FlowDataset,
    FlowFile,
    PopulationRow,
    PopulationTable,
    Spillover,
)
from vesicle.measurements.folder import FileFact, FolderRecord
from vesicle.measurements.markers import MarkerReading, MarkerTable, Micrograph, ParticleDiameters
from vesicle.measurements.protein import ProteinReading, ProteinTable
from vesicle.measurements.scale import Scale
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
from vesicle.measurements.video import BEAD_ROLES, Frames, TrackTable, Trajectories, Video

__all__ = [
    "BEAD_ROLES",
    "BeadSet",
    "Dilution",
    "EventValues",
    "FileFact",
    "FlowChannel",
    "FlowDataset",
    "FlowFile",
    "FolderRecord",
    "Frames",
    "MarkerReading",
    "MarkerTable",
    "Micrograph",
    "ParticleDiameters",
    "PopulationRow",
    "PopulationTable",
    "PositionRow",
    "PositionTable",
    "ProteinReading",
    "ProteinTable",
    "Scale",
    "Setting",
    "SizeHistogram",
    "SizeRun",
    "SizeTracks",
    "Spillover",
    "TrackTable",
    "Trajectories",
    "VendorReport",
    "VendorSummary",
    "Video",
    "VideoResult",
    "ZetaProfile",
]
