"""Make the small files on which the NanoSight summary reader is tested: our own numbers in its layout.

Run ``python tests/data/make_readers.py`` to write them again; every run writes the same bytes. Sample names
are invented. ``expected.json`` is written from the same numbers, never from what a reader returns.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

READERS = Path(__file__).parent / "readers"
WIDTH_NM = 10.0
EDGES_NM = np.arange(0.0, 1000.0 + WIDTH_NM, WIDTH_NM)
CENTRE_NM = EDGES_NM[:-1] + WIDTH_NM / 2
FIELDS = ("mean_nm", "mode_nm", "sd_nm", "d10_nm", "d50_nm", "d90_nm")
KEYS = ("Mean", "Mode", "SD", "D10", "D50", "D90")
NUMBER = "Concentration (particles / ml)"
DILUTION = "Dilution factor (concentrations adjusted for this factor)"


@dataclass(frozen=True, kw_only=True)
class Video:
    """One video: name, particles per mL and class, tracks, what the instrument set."""

    name: str
    amount: np.ndarray
    tracks: int
    temperature_c: float = 22.0
    camera_level: int = 14
    validity: str = "OK"

    def moments(self, *, below_nm: float) -> dict[str, float]:
        total = self.amount.sum()
        if total == 0:
            return dict.fromkeys(FIELDS, 0.0)
        mean = float(self.amount @ CENTRE_NM / total)
        sd = float(np.sqrt(self.amount @ (CENTRE_NM - mean) ** 2 / total))
        cumulative = np.concatenate([[0.0], np.cumsum(self.amount) / total])
        rises = np.concatenate([[True], np.diff(cumulative) > 0])
        d10, d50, d90 = np.interp([0.1, 0.5, 0.9], cumulative[rises], EDGES_NM[rises]) - below_nm
        mode = CENTRE_NM[self.amount.argmax()]
        return {
            k: round(v, 1) for k, v in zip(FIELDS, map(float, (mean, mode, sd, d10, d50, d90)), strict=True)
        }


@dataclass(frozen=True, kw_only=True)
class Export:
    """One summary file and all that the printed layout depends on."""

    name: str
    videos: tuple[Video, ...]
    head: tuple[str, ...]
    dilution: str = "Not recorded"
    below_nm: float = 0.0
    exponent_digits: int = 2
    has_average: bool = True
    blocks: tuple[tuple[str, str], ...] = (("Size", "Number"),)
    pad: int = 0
    line_end: str = "\n"

    def scientific(self, value: float) -> str:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}e{exponent[0]}{exponent[1:].zfill(self.exponent_digits)}"


def lognormal(seed: int, *, total: float, median_nm: float, spread: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    log_ratio = np.log(CENTRE_NM / median_nm) / np.log(spread)
    shape = np.exp(-0.5 * log_ratio**2) / CENTRE_NM * rng.uniform(0.8, 1.2, CENTRE_NM.size)
    shape[shape < 2e-3 * shape.max()] = 0.0
    return np.round(total * shape / shape.sum())


def build(export: Export) -> tuple[bytes, dict[str, object]]:
    """The bytes of a file, and the values that a reader must find in it."""
    moments = [video.moments(below_nm=export.below_nm) for video in export.videos]
    average = {field: round(float(np.mean([m[field] for m in moments])), 1) for field in FIELDS}
    concentrations = [video.amount.sum() for video in export.videos]
    rows = [*_head(export), *_conditions(export), *_results(export, concentrations), *_remarks(export)]
    for table in export.blocks:
        rows += _block(export, table, moments, average)
    lines = [",".join([*row, *[""] * max(0, export.pad - len(row))]) for row in rows]
    of_run = average if export.has_average else moments[0]
    printed = float(export.scientific(float(np.mean(concentrations))))
    values = {f"vendor.{field}": of_run[field] for field in FIELDS}
    values |= {
        "vendor.concentration_per_ml": printed,
        "vendor.tracks": sum(video.tracks for video in export.videos),
        "per_video.0.name": export.videos[0].name,
        "per_video.0.vendor.tracks": export.videos[0].tracks,
        "per_video.0.vendor.d50_nm": moments[0]["d50_nm"],
        "per_video.0.histogram.amount.9": float(export.videos[0].amount[9]),
        "histogram.amount.9": float(_average(export)[9]),
        "histogram.centre_nm.9": 95.0,
        "histogram.edges_nm.0": 0.0,
        "histogram.edges_nm.100": 1000.0,
        "temperature_c": float(np.mean([video.temperature_c for video in export.videos])),
    }
    return (export.line_end.join(lines) + export.line_end).encode("cp1252"), values


def _average(export: Export) -> np.ndarray:
    return np.round(np.mean([video.amount for video in export.videos], axis=0))


def _head(export: Export) -> list[list[str]]:
    names = [video.name for video in export.videos]
    return [*[[line] for line in export.head], [""], ["Filename:", *names, ""], [""]]


def _every(export: Export, key: str, value: object) -> list[str]:
    return [key, *[str(value)] * len(export.videos), ""]


def _conditions(export: Export) -> list[list[str]]:
    temperatures = [video.temperature_c for video in export.videos]
    return [
        ["[Conditions]"],
        ["Temperature/C", *[f"{t:.3f}" for t in temperatures], ""],
        ["Viscosity/cP", *[f"{0.9529 - 0.022 * (t - 22.0):.6f}" for t in temperatures], ""],
        _every(export, "Camera Type", "sCMOS"),
        _every(export, "Laser Type", "Blue488"),
        ["Camera Level", *[str(video.camera_level) for video in export.videos], ""],
        _every(export, "Slider Shutter", 1259),
        _every(export, "Slider Gain", 366),
        _every(export, "Shutter/ms", 31.48),
        _every(export, "Frame rate/fps", 24.9825),
        _every(export, "Syringe Pump Speed/AU", 50),
        [""],
        ["[Settings]"],
        _every(export, "Detection Threshold", 4),
        _every(export, "Max Jump Mode", "Auto"),
        ["Max Jump Distance", *[f"{12.1 + 0.3 * i:.4f}" for i in range(len(temperatures))], ""],
        _every(export, "Blur", "Auto"),
        _every(export, "Min Track Length", "Auto"),
        _every(export, "Total frames analysed", 749),
        [""],
        ["[Exclusion Regions]"],
        ["No Exclusion Regions Used", ""],
        [""],
    ]


def _results(export: Export, concentrations: list[float]) -> list[list[str]]:
    factor = 1.0 if export.dilution == "Not recorded" else float(export.dilution)
    per_frame = [c / factor / 6e6 for c in concentrations]
    blank = [""] * len(export.videos)
    tail = ["Average", "Standard Error", ""] if export.has_average else []
    spread = export.scientific(float(np.std(concentrations)))
    means = [export.scientific(float(np.mean(concentrations))), spread] if export.has_average else []
    frame_means = [f"{np.mean(per_frame):.1f}", "1.1"] if export.has_average else []
    return [
        ["[Results]", *blank, *tail],
        _every(export, DILUTION, export.dilution),
        ["Concentration (Particles / ml)", *map(export.scientific, concentrations), *means],
        _every(export, "Concentration Upgrade?", "Yes"),
        ["Particles per frame", *[f"{p:.1f}" for p in per_frame], *frame_means],
        ["Centres per frame", *[f"{0.95 * p:.1f}" for p in per_frame], *frame_means],
        ["Completed tracks", *[str(3 * video.tracks) for video in export.videos], ""],
        _every(export, "X-Drift (pix/frame)", -3.9),
        _every(export, "Y-Drift (pix/frame)", 0.1),
        [""],
    ]


def _remarks(export: Export) -> list[list[str]]:
    return [
        ["[Concentration Warnings]"],
        ["Validity of concentration measurement", *[video.validity for video in export.videos], ""],
        _every(export, "Completed Tracks", "OK"),
        _every(export, "Noise level", "No"),
        [""],
        ["[Information]"],
        _every(export, "Completed Tracks", "OK"),
        _every(export, "Vibration detected", "No"),
        _every(export, "Errors (1)", ""),
        [""],
        ["[Data Included]"],
        *[
            [f"{kind} distribution - {weighting} weighting - With Percentiles"]
            for kind, weighting in export.blocks
        ],
        [""],
    ]


def _block(
    export: Export, table: tuple[str, str], moments: list[dict[str, float]], average: dict[str, float]
) -> list[list[str]]:
    """One table; all but the number-weighted sizes hold numbers that would be noticed if they were read."""
    kind, weighting = table
    is_asked = table == ("Size", "Number")
    scale = 1.0 if is_asked else 3.0
    column = (
        NUMBER if weighting == "Number" else f"{weighting} conc. (nm{'²' if 'S' in weighting else '³'} / ml)"
    )
    unit = "nm" if kind == "Size" else "E4 nm²/s"
    label = "Concentration" if weighting == "Number" else weighting
    ends = [f"{label} average", "Standard Error", ""] if export.has_average else []
    tail = ["Average", "Standard Error", ""] if export.has_average else []
    is_first = weighting == "Number"
    heading = "Size Data" if kind == "Size" else "Diffusion Coefficient Data"
    rows = [[f"[{heading}]"], ["Analysis Method", "FTLA", ""]] if is_first else []
    rows += [["Weighting", weighting, ""], ["Filename", *[video.name for video in export.videos], *tail]]
    for key, field in zip(KEYS, FIELDS, strict=True):
        means = [f"{scale * average[field]:.1f}", "0.9", ""] if export.has_average else []
        rows.append([key, *[f"{scale * m[field]:.1f}" for m in moments], *means])
    rows += [["Valid Tracks", *[f"{video.tracks}.0" for video in export.videos], ""], ["Graph Data"]]
    rows += [[f"Bin centre ({unit})", *[column] * len(export.videos), *ends]]
    for index, centre in enumerate(CENTRE_NM):
        own = [scale * video.amount[index] for video in export.videos]
        means = [scale * _average(export)[index], 1.0] if export.has_average else []
        rows.append([f"{centre:.1f}", *[f"{value:.0f}" for value in (*own, *means)], ""])
    rows += [[""], ["Percentile", *["Size (nm)"] * len(export.videos), ""]]
    largest = [max(EDGES_NM[1:][video.amount > 0], default=0.0) for video in export.videos]
    rows += [[str(p), *[f"{p / 100 * top:.1f}" for top in largest], ""] for p in (0, 10, 50, 90, 100)]
    return [*rows, [""]]


NEW = ("NTA Experiment Summary File,", "Created with NTA 3.4 Build 3.4.003,", "[Experiment Details],")
OLD = ("NTA Experiment Summary File", "Created with NTA 3.2 Dev Build 3.2.16", "[Experiment Details]")
Made = tuple[Export, dict[str, object], list[str]]
"""An export, what a reader must find beyond its printed numbers, and the warnings it must give."""


def make_alder() -> Made:
    """As NTA 3.4 writes it: dilution recorded, six tables, three videos."""
    videos = tuple(
        Video(
            name=f"alder_{i:02d}",
            amount=lognormal(i, total=(4.1 + 0.2 * i) * 1e11, median_nm=118 + i, spread=1.4),
            tracks=900 + 31 * i,
            temperature_c=22.0 + 0.1 * i,
        )
        for i in range(3)
    )
    export = Export(
        name="alder 2024-03-05 10-00-00-ExperimentSummary.csv",
        videos=videos,
        dilution="5.00e+02",
        head=(*NEW, "Time Captured,10:00:00  05/03/2024,", "Sample Description,Alder 7,", "Diluent,PBS,"),
        blocks=tuple((k, w) for k in ("Size", "Diffusion") for w in ("Number", "Surface Area", "Volume")),
    )
    more = {
        "sample": "Alder 7",
        "stem": "alder 2024-03-05 10-00-00-ExperimentSummary",
        "acquired": "2024-03-05T10:00:00",
        "dilution.factor": 500.0,
        "dilution.applied_by": "instrument",
        "measured_per_ml": 4.3e11 / 500,
        "software": "NTA 3.4 Build 3.4.003",
        "status": "ok",
    }
    return export, more, []


def make_birch() -> Made:
    """As NTA 3.2 writes it: exponents of three digits, percentiles one class low, few tracks."""
    videos = tuple(
        Video(
            name=f"birch_{i:02d}",
            amount=lognormal(10 + i, total=(5.0 + 0.4 * i) * 1e7, median_nm=96, spread=1.3),
            tracks=(431, 85)[i],
            validity=("OK", "Unreliable")[i],
        )
        for i in range(2)
    )
    export = Export(
        name="birch_-ExperimentSummary.csv",
        videos=videos,
        below_nm=WIDTH_NM,
        exponent_digits=3,
        head=(*OLD, "Experiment Name,birch_.nano", 'Sample Name,""', 'Diluent,"PBS"', 'Remarks,"one, two"'),
    )
    more = {"sample": "birch_", "dilution.factor": None, "dilution.applied_by": "nobody", "acquired": None}
    return export, more, ["dilution_not_recorded", "few_tracks", "vendor_warning"]


def make_hazel() -> Made:
    """Combined experiments, saved again by a spreadsheet: padded commas and CRLF."""
    videos = tuple(
        Video(
            name=f"hazel_{i // 2}_{i % 2:02d}",
            amount=lognormal(20 + i, total=(8.0 + i) * 1e8, median_nm=130, spread=1.5),
            tracks=640 + i,
            camera_level=(12, 12, 15, 15)[i],
        )
        for i in range(4)
    )
    remarks = 'Remarks,"Created from combined experiments: hazel_0_.nano, hazel_1_.nano"'
    export = Export(
        name="hazel_all-ExperimentSummary.csv",
        videos=videos,
        below_nm=WIDTH_NM,
        head=(*OLD, "Software Version,Unknown", "Experiment Name,hazel_all.nano", remarks),
        pad=7,
        line_end="\r\n",
    )
    more = {"sample": "hazel_all", "per_video.3.name": "hazel_1_01", "software": "NTA 3.2 Dev Build 3.2.16"}
    return export, more, ["combined_experiments", "dilution_not_recorded", "settings_differ"]


def make_rowan() -> Made:
    """The summary of a single video, without an average."""
    amount = lognormal(30, total=7.7e8, median_nm=140, spread=1.35)
    export = Export(
        name="rowan_Summary.csv",
        videos=(Video(name="rowan_00", amount=amount, tracks=512),),
        head=("NTA Single Analysis Summary File", *OLD[1:], "Experiment Name,rowan.nano"),
        has_average=False,
    )
    return export, {"sample": "rowan", "status": "ok"}, ["dilution_not_recorded"]


def make_water() -> Made:
    """A run without a particle; one video, since nothing in such a file could tell that a second was lost."""
    export = Export(
        name="water-ExperimentSummary.csv",
        videos=(Video(name="water_00", amount=np.zeros(100), tracks=0),),
        head=(*OLD, "Experiment Name,water.nano"),
    )
    return export, {"status": "no_result", "sample": "water"}, ["dilution_not_recorded", "few_tracks"]


def write_summaries() -> None:
    folder = READERS / "nanosight-summary-csv"
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for export, more, warnings in (
        make() for make in (make_alder, make_birch, make_hazel, make_rowan, make_water)
    ):
        content, values = build(export)
        (folder / export.name).write_bytes(content)
        expected[export.name] = {"type": "SizeRun", "values": values | more, "warnings": warnings}
    _write_json(folder, expected)


def _write_json(folder: Path, expected: dict[str, object]) -> None:
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    write_summaries()
