"""Frozen records of what measurements mean; domains make them, checks and sections read them.

They live below the domains so that one domain's finding can be passed to another without importing it.
"""

from vesicle.findings.batch import (
    IntegrityFinding,
    ProductionFinding,
    SpecificationFinding,
    SpecificationRow,
)
from vesicle.findings.comparison import BlankRow, ComparisonFinding, DilutionRow, ReplicateRow
from vesicle.findings.flow import (
    AntigenPattern,
    DetergentFinding,
    DetergentLoss,
    DiameterBand,
    DilutionSeries,
    FlowCount,
    FlowFinding,
    Ladder,
    Phenotype,
    ScatterBead,
    ScatterHistogram,
    ScatterModel,
    StainedMarker,
)
from vesicle.findings.purity import (
    ProteinFinding,
    ProteinSample,
    PurityFinding,
    PurityRow,
    QuantityFinding,
    QuantityRow,
)
from vesicle.findings.size import (
    RunSize,
    SampleSize,
    SettingRow,
    Share,
    SizeDistribution,
    SizeFinding,
    TrackingFinding,
)
from vesicle.findings.tracking import (
    BeadCheck,
    Component,
    FrameOverlay,
    TrackedVideo,
    TrackOverlay,
    TrajectoryEstimate,
    VolumeModel,
)

__all__ = [
    "AntigenPattern",
    "BeadCheck",
    "BlankRow",
    "ComparisonFinding",
    "Component",
    "DetergentFinding",
    "DetergentLoss",
    "DiameterBand",
    "DilutionRow",
    "DilutionSeries",
    "FlowCount",
    "FlowFinding",
    "FrameOverlay",
    "IntegrityFinding",
    "Ladder",
    "Phenotype",
    "ProductionFinding",
    "ProteinFinding",
    "ProteinSample",
    "PurityFinding",
    "PurityRow",
    "QuantityFinding",
    "QuantityRow",
    "ReplicateRow",
    "RunSize",
    "SampleSize",
    "ScatterBead",
    "ScatterHistogram",
    "ScatterModel",
    "SettingRow",
    "Share",
    "SizeDistribution",
    "SizeFinding",
    "SpecificationFinding",
    "SpecificationRow",
    "StainedMarker",
    "TrackOverlay",
    "TrackedVideo",
    "TrackingFinding",
    "TrajectoryEstimate",
    "VolumeModel",
]
