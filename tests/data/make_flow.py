"""Make the small files on which the reader of a flow cytometer's files is tested.

Run ``python tests/data/make_flow.py`` to write them again; every run writes the same bytes. Names and numbers are
invented. ``expected.json`` is written from the same numbers, never from what a reader returns.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.data.flow_bytes import Flow, clouds

FOLDER = Path(__file__).parent / "readers" / "fcs"
Made = tuple[bytes, dict[str, object], list[str]]


def stored(number: int, values: np.ndarray) -> dict[str, object]:
    where = f"datasets.{number}.values"
    said: dict[str, object] = {f"{where}.shape.0": values.shape[0], f"{where}.shape.1": values.shape[1]}
    for place in range(values.shape[1]):
        said[f"{where}.summary.least.{place}"] = float(values[:, place].min())
        said[f"{where}.summary.greatest.{place}"] = float(values[:, place].max())
        said[f"{where}.summary.total.{place}"] = float(values[:, place].sum())
    return said


def elm() -> Made:
    """Stained cells: floats, labels, a matrix, a time channel."""
    values = clouds(400, 5).astype(np.float32).astype(float)
    values[:, 4] = np.arange(400) * 2.0
    flow = Flow(
        values=values,
        names=["FSC-A", "SSC-A", "FITC-A", "PE-A", "Time"],
        labels={3: "CD73 : FITC - Area", 4: "CD45 PE"},
        keywords={
            "$SPILLOVER": "2,FITC-A,PE-A,1,0.25,0.01,1",
            "$TIMESTEP": "0.01",
            "$CYT": "Example cytometer",
            "$DATE": "03-MAR-2026",
            "$BTIM": "10:11:12",
            "$ETIM": "10:11:20",
            "$P3V": "420",
        },
    )
    said = stored(0, values) | {
        "version": "FCS3.1",
        "stem": "elm_cells",
        "instrument": "Example cytometer",
        "acquired": "2026-03-03T10:11:12",
        "datasets.0.channels.2.label": "CD73 : FITC - Area",
        "datasets.0.channels.2.voltage": 420.0,
        "datasets.0.spillover.matrix.0.1": 0.25,
        "datasets.0.spillover.channels.1": 3,
        "datasets.0.time_step_s": 0.01,
        "datasets.0.duration_s": 7.98,
        "datasets.0.dropped_events": 0,
    }
    return flow.bytes(), said, []


def birch() -> Made:
    """An old cytometer: whole numbers of 10 bits in 16, the high byte first, logarithmic amplification."""
    values = np.floor(np.clip(clouds(500, 4, seed=3), 0, 1023))
    flow = Flow(
        values=values,
        names=["FSC-H", "SSC-H", "FL1-H", "FL2-H"],
        kind="I",
        order="4,3,2,1",
        version="FCS2.0",
        spans=[1024] * 4,
        decades=["0,0", "0,0", "4,1", "4,0"],
        keywords={"$P2G": "2.5", "$CYT": "Old cytometer"},
        delimiter="\\",
        tail=b"",
    )
    said = {
        "version": "FCS2.0",
        "datasets.0.channels.2.decades.0": 4.0,
        "datasets.0.channels.3.decades.1": 1.0,
    }
    said |= {"datasets.0.channels.1.gain": 2.5, "datasets.0.channels.0.bits": 16}
    return flow.bytes(), stored(0, values) | said, []


def hazel() -> Made:
    """Whole numbers of four widths in one event."""
    rng = np.random.default_rng(11)
    spans = [256, 65536, 1 << 24, 1 << 32]
    values = np.column_stack([np.floor(rng.random(300) ** 3 * span) for span in spans])
    flow = Flow(
        values=values,
        names=["A", "B", "C", "D"],
        kind="I",
        version="FCS3.0",
        bits=[8, 16, 24, 32],
        spans=spans,
        delimiter="|",
    )
    flow.keywords = {f"$P{n}R": str(span) for n, span in enumerate(spans, start=1)}
    return flow.bytes(), stored(0, values) | {"datasets.0.channels.2.bits": 24}, []


def oak() -> Made:
    """Doubles, the high byte first."""
    values = clouds(120, 3, seed=5)
    return (
        Flow(values=values, names=["X", "Y", "Z"], kind="D", order="4,3,2,1").bytes(),
        stored(0, values),
        [],
    )


def larch() -> Made:
    """Version 3.2: each channel with a type of its own."""
    values = clouds(150, 2, seed=9)
    whole = np.floor(values[:, 1])
    data = b"".join(
        np.float64(a).astype("<f8").tobytes() + int(b).to_bytes(4, "little")
        for a, b in zip(values[:, 0], whole, strict=True)
    )
    flow = _WithData(values=values, names=["FSC-A", "Index"], version="FCS3.2", bits=[64, 32])
    flow.keywords = {"$P1DATATYPE": "D", "$P2DATATYPE": "I"}
    flow.own = data
    said = {"version": "FCS3.2", "datasets.0.channels.0.bits": 64, "datasets.0.channels.1.bits": 32}
    return flow.bytes(), stored(0, np.column_stack([values[:, 0], whole])) | said, []


class _WithData(Flow):
    own = b""

    @property
    def data(self) -> bytes:
        return self.own


def rowan() -> Made:
    """Two data sets, one behind the other."""
    first, second = clouds(200, 2, seed=1), clouds(90, 3, seed=2)
    first, second = (v.astype(np.float32).astype(float) for v in (first, second))
    flow = Flow(values=first, names=["FSC-A", "SSC-A"], keywords={"$NEXTDATA": "00000000"}, tail=b"")
    flow.keywords = {"$NEXTDATA": f"{len(flow.bytes()):08d}"}
    behind = Flow(values=second, names=["FSC-A", "SSC-A", "FL1-A"])
    said = stored(0, first) | stored(1, second) | {"datasets.1.number": 1}
    return flow.bytes() + behind.bytes(), said, []


def alder() -> Made:
    """The end of the events is stated one byte too far, and two channels have one name."""
    values = clouds(250, 3, seed=4).astype(np.float32).astype(float)
    flow = Flow(values=values, names=["FSC-A", "FL1-A", "FL1-A"], tail=b"")
    good = Flow(values=values, names=["FSC-A", "FL1-A", "FL1-A"], tail=b"").bytes()
    end = len(good)
    flow.header, flow.keywords = {3: end}, {"$ENDDATA": f"{end:08d}"}
    said = stored(0, values) | {"datasets.0.channels.2.name": "FL1-A-2"}
    return flow.bytes(), said, ["channel_names_repeated", "data_offset_off_by_one"]


def yew() -> Made:
    """Three events with a value that is no number."""
    values = clouds(80, 2, seed=8).astype(np.float32).astype(float)
    broken = values.copy()
    broken[3, 0], broken[40, 1], broken[79, 0] = np.nan, np.inf, -np.inf
    kept = np.delete(values, [3, 40, 79], axis=0)
    said = stored(0, kept) | {"datasets.0.dropped_events": 3, "datasets.0.stored_events": 80}
    return Flow(values=broken, names=["FSC-A", "SSC-A"]).bytes(), said, ["events_not_finite"]


FILES = {
    "elm_cells.fcs": elm,
    "birch.001.fcs": birch,
    "hazel_widths.fcs": hazel,
    "oak_double.fcs": oak,
    "larch_types.fcs": larch,
    "rowan_two.fcs": rowan,
    "alder_repaired.fcs": alder,
    "yew_nan.fcs": yew,
}


def write_flow() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, make in FILES.items():
        content, values, warnings = make()
        (FOLDER / name).write_bytes(content)
        expected[name] = {"type": "FlowFile", "warnings": sorted(warnings), "values": values}
    text = json.dumps(expected, indent=1, ensure_ascii=False)
    (FOLDER / "expected.json").write_text(text + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    write_flow()
