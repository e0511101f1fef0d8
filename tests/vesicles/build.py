"""Small runs with known content, as readers would return them."""

import hashlib

import numpy as np

from vesicle.analysis import Inputs
from vesicle.findings import ComparisonFinding, SizeFinding
from vesicle.manifest import Manifest
from vesicle.measurements import (
    Dilution,
    PositionRow,
    PositionTable,
    SizeHistogram,
    SizeRun,
    VendorSummary,
    VideoResult,
)
from vesicle.measurements.sizing import frozen
from vesicle.results import FileRef
from vesicle.standards import load_limits
from vesicle.vesicles.comparisons import compare_runs
from vesicle.vesicles.samples import assess_size

EDGES_NM = np.arange(0.0, 505.0, 5.0)
BELL = np.round(400 * np.exp(-0.5 * ((EDGES_NM[:-1] + 2.5 - 120) / 30) ** 2))


def reference(path, content=None):
    digest = hashlib.sha256((content or path).encode()).hexdigest()
    return FileRef(path=path, sha256=digest, size_bytes=1)


def histogram(count=BELL, *, per_track=1e4, edges=EDGES_NM, has_count=True):
    return SizeHistogram(
        centre_nm=frozen((edges[1:] + edges[:-1]) / 2),
        edges_nm=frozen(edges),
        amount=frozen(np.asarray(count) * per_track),
        count=frozen(count) if has_count else None,
    )


def run(name="A-1000", *, dilution=1000.0, measured=1e8, content=None, applied_by="vesicle", **said):
    said = {
        "stem": name.rpartition("/")[2],
        "sample": "A",
        "label": name,
        "reader": "zetaview-size-txt",
        "histogram": histogram(),
        "vendor": VendorSummary(tracks=int(BELL.sum())),
        **said,
    }
    return SizeRun(
        files=(reference(f"{name}.txt", content),),
        measured_per_ml=measured,
        dilution=Dilution(factor=dilution, applied_by=applied_by, origin="header"),
        **said,
    )


def failed(name="A-1000x", **said):
    return run(
        name, measured=None, status="no_result", histogram=None, vendor=VendorSummary(tracks=0), **said
    )


def positions(values, *, kept=None):
    rows = tuple(
        PositionRow(
            position=0.1 * (i + 1),
            is_kept=kept is None or i in kept,
            particles=value / 4e5,
            concentration_per_ml=value,
            stock_concentration_per_ml=1000 * value,
            tracks=40,
            median_nm=110,
            removal="",
            row=i + 2,
        )
        for i, value in enumerate(values)
    )
    return PositionTable(file=reference("p_11pos.txt"), reader="zetaview-positions-txt", stem="p", rows=rows)


def video(name, count=BELL, *, printed=1e8, edges=EDGES_NM, dilution=None, applied_by="nobody"):
    return VideoResult(
        name=name,
        vendor=VendorSummary(concentration_per_ml=printed, tracks=500),
        histogram=histogram(count, edges=edges, has_count=False),
        dilution=Dilution(factor=dilution, applied_by=applied_by),
    )


def inputs(*measurements, findings=(), manifest=None):
    return Inputs(
        manifest=manifest or Manifest(),
        limits=load_limits({}),
        measurements=tuple(measurements),
        findings={type(finding): finding for finding in findings},
    )


def sized(*runs) -> SizeFinding:
    return assess_size(inputs(*runs))


def compared(*runs) -> ComparisonFinding:
    return compare_runs(inputs(*runs, findings=(sized(*runs),)))
