"""Findings with round numbers, so that a verdict can be calculated by hand; every name is invented."""

import numpy as np

from vesicle.analysis import Inputs
from vesicle.findings import RunSize, SampleSize, Share, SizeFinding, TrajectoryEstimate, VolumeModel
from vesicle.manifest import Manifest, manifest_from_text
from vesicle.measurements import (
    Dilution,
    PositionRow,
    PositionTable,
    Setting,
    SizeHistogram,
    SizeRun,
    SizeTracks,
    VendorSummary,
)
from vesicle.measurements.sizing import frozen
from vesicle.results import CheckResult, Estimate, Evidence, FileRef, NotAssessed, Part, Source, Verdict
from vesicle.standards import load_limits

EDGES = (0.0, 100.0, 200.0, 400.0)
"""Three classes, so that shares and percentiles are done in the head."""


def about(value, low=None, high=None, n=5):
    """An estimate with a narrow interval unless said otherwise."""
    low, high = value * 0.95 if low is None else low, value * 1.05 if high is None else high
    return Estimate(value=value, low=low, high=high, n=n, method="made up")


def file_ref(path, content="a"):
    return FileRef(path=path, sha256=content * 64, size_bytes=10)


def histogram(amount=(5e6, 3e6, 2e6), count=(500.0, 300.0, 200.0)):
    edges = frozen(EDGES)
    counts = None if count is None else frozen(count)
    return SizeHistogram(
        centre_nm=(edges[1:] + edges[:-1]) / 2,
        edges_nm=edges,
        amount=frozen(amount),
        count=counts,
        first_row=40,
    )


def positions(stem="run1", *, kept=11, of=11, each=1e7, removal="MIN_TRACES"):
    rows = tuple(
        PositionRow(
            position=float(i),
            is_kept=i < kept,
            particles=100.0,
            concentration_per_ml=each,
            stock_concentration_per_ml=each * 500,
            tracks=90.0,
            median_nm=120.0,
            removal="" if i < kept else removal,
            row=i + 5,
        )
        for i in range(of)
    )
    return PositionTable(
        file=file_ref(f"{stem}_11pos.txt"), reader="zetaview-positions-txt", stem=stem, rows=rows
    )


def size_run(stem="run1", **said):
    """A valid ZetaView run: 1000 tracks, 1e7 per mL in the cell, dilution 500, a saved SOP."""
    values = {
        "files": (file_ref(f"{stem}.txt"),),
        "reader": "zetaview-size-txt",
        "stem": stem,
        "sample": "F1",
        "label": "F1",
        "vendor": VendorSummary(tracks=1000),
        "dilution": Dilution(factor=500.0, applied_by="vesicle", origin="header"),
        "measured_per_ml": 1e7,
        "histogram": histogram(),
        "instrument": "ZetaView 21-000",
        "software": "8.06.01",
        "quality": quality(sop="EV_488"),
    }
    return SizeRun(**values | said)


def quality(**values):
    return tuple(
        Setting(name=name, value=value, row=index + 1) for index, (name, value) in enumerate(values.items())
    )


def tracks(kept, left_out=0):
    included = np.array([True] * kept + [False] * left_out)
    return SizeTracks(diameter_nm=frozen([100.0] * len(included)), included=included)


def run_size(run=None, *, measured=None, stock=None, share=0.8):
    """Our numbers for a run, given rather than computed."""
    median = about(120.0)
    run = size_run() if run is None else run
    missing = NotAssessed("not needed here")
    return RunSize(
        run=run,
        mode_nm=median,
        median_nm=median,
        mean_nm=median,
        sd_nm=missing,
        d10_nm=median,
        d90_nm=median,
        particle_mass_ug=missing,
        tracks=missing,
        measured_per_ml=about(1e7) if measured is None else measured,
        concentration_per_ml=about(5e9) if stock is None else stock,
        shares=(Share(label="below 200 nm", low_nm=0.0, high_nm=200.0, share=about(share)),),
        distribution=missing,
    )


def sample_size(name="F1", runs=("run1",), **said):
    median = about(120.0)
    values = dict.fromkeys(("mode_nm", "median_nm", "mean_nm", "d10_nm", "d90_nm"), median)
    values |= {
        "sample": name,
        "runs": runs,
        "replicates": len(runs),
        "particle_mass_ug": about(5e-10),
        "concentration_per_ml": about(5e9),
        "shares": (Share(label="below 200 nm", low_nm=0.0, high_nm=200.0, share=about(0.8)),),
        "distribution": NotAssessed("not needed here"),
        "stock_per_ml": (5e9,),
    }
    return SampleSize(**values | said)


def inputs(*findings, manifest="", checks=(), measurements=()):
    """Inputs of a check: findings by their class, and a manifest given as TOML."""
    said = manifest_from_text(manifest) if isinstance(manifest, str) else manifest
    return Inputs(
        manifest=said if isinstance(said, Manifest) else Manifest(),
        limits=load_limits(said.limits),
        measurements=tuple(measurements),
        findings={type(finding): finding for finding in findings},
        checks={result.id: result for result in checks},
    )


def c01(verdict, *stems):
    """A result of C01 with one verdict for each of these runs."""
    parts = tuple(
        Part(subject=stem, verdict=verdict, value=about(1.0), evidence=(Evidence(file=f"{stem}.txt"),))
        for stem in stems
    )
    return CheckResult(
        id="C01",
        title="",
        verdict=verdict,
        value=about(1.0),
        rule="",
        source=Source(text="", status="house"),
        parts=parts,
    )


def sizes(*runs, samples=None):
    sized = tuple(run_size(run) if isinstance(run, SizeRun) else run for run in runs)
    named = dict.fromkeys(size.run.sample for size in sized if size.run.role == "sample")
    made = tuple(
        sample_size(name, tuple(s.run.stem for s in sized if s.run.sample == name and s.run.status == "ok"))
        for name in named
    )
    return SizeFinding(runs=sized, samples=made if samples is None else samples)


def verdicts(result):
    return {part.subject: part.verdict for part in result.parts}


PASS, WARN, FAIL = Verdict.PASS, Verdict.WARN, Verdict.FAIL
NOT_ASSESSED = Verdict.NOT_ASSESSED


def tracked(**said):
    """What tracks say of a run, with nothing assessed unless given."""
    missing = NotAssessed("not needed here")
    values = dict.fromkeys(
        ("diffusion_um2_s", "components", "detection_limit_nm", "localisation_nm", "drift_px_per_frame"),
        missing,
    )
    volume = VolumeModel(kind="not assessed", depth_um=missing, sentence="")
    return TrajectoryEstimate(**values | {"smoothing": "", "volume": volume} | said)
