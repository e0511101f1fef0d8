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
from vesicle.findings.identity import (
    AntigenReading,
    GatedTube,
    GateStep,
    IdentityFinding,
    SignalHistogram,
)
from vesicle.findings.markers import (
    DepletionRow,
    ImageRow,
    ImageSize,
    MarkerFinding,
    MarkerRow,
    MicrographFinding,
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
    "AntigenReading",
    "BeadCheck",
    "BlankRow",
    "ComparisonFinding",
    "Component",
    "DepletionRow",
    "DilutionRow",
    "FrameOverlay",
    "GateStep",
    "GatedTube",
    "IdentityFinding",
    "ImageRow",
    "ImageSize",
    "IntegrityFinding",
    "MarkerFinding",
    "MarkerRow",
    "MicrographFinding",
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
    "SettingRow",
    "Share",
    "SignalHistogram",
    "SizeDistribution",
    "SizeFinding",
    "SpecificationFinding",
    "SpecificationRow",
    "TrackOverlay",
    "TrackedVideo",
    "TrackingFinding",
    "TrajectoryEstimate",
    "VolumeModel",
]
