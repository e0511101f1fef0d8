"""Make the small files on which the readers of hand-made tables and of ZetaView reports are tested.

Run ``python tests/data/make_tables.py`` to write them again; every run writes the same bytes but for the
workbooks, whose archive holds a date. Sample names and numbers are invented. ``expected.json`` is written from
the same numbers, never from what a reader returns.
"""

import json
from pathlib import Path

import numpy as np

READERS = Path(__file__).parent / "readers"
CENTRE_NM = np.arange(10.0, 410.0, 10.0)
REPORT = (
    ("Operator (Report): Admin",),
    ("Video Operator: Admin",),
    ("Experiment: 2024-05-02 09:41 ZetaView S/N 99-0001, Software ZetaView (version 8.06.01 SP1)",),
    ("Sample Parameters  ", "Sample Name: larch_F2 ", "Sample Info 1:  ", "Electrolyte: WATER "),
    ("Temperature: 24.87 °C sensed ", "pH 7.0 entered ", "Conductivity: 61.00 µS/cm sensed"),
    ("Quality  ", "Average Counted Particles per Frame: 42 ", "Number of Traced Particles: 812"),
    ("Analysis Parameters  ", "Max Area 1000, Min Area 10, Min Bright. 30, nm/Class 5, TL 15"),
    ("Diameter / nm", "10000 100 200 300 400 500 600 700 800 900"),
    ("SOP: EV_488  ", "Size Distribution, 2 Cycles, 11 Positions ", "Result (sizes in nm)  "),
    ("                           Number      Concentration      Volume ",),
    ("Median (X50)        112.4         112.4         171.0 ",),
    ("StdDev                     48.2           48.2          90.5 ",),
    ("Concentration:                                 2.4E+7 Particles / mL ",),
    ("Dilution Factor:                                1000 ",),
    ("Concentration Correction Factor: 1.00000 ", "Original Concentration:                  2.4E+10 Particles / mL"),
    ("Diameter / nm", "96.3", "188.1", "Particles/mL", "8.8E+5", "1.9E+5"),
    ("FWHM / nm", "71.0", "30.2", "Percentage", "88.1", "11.9"),
    ("Peak Analysis (Concentration)", "X10", "X50", "X90", "Span", "Mean", "StdDev"),
    ("Number", "70.1", "112.4", "181.9", "1.0", "120.6", "48.2"),
    ("Concentration", "70.1", "112.4", "181.9", "1.0", "120.6", "48.2"),
    ("Volume", "98.0", "171.0", "330.3", "1.4", "190.0", "90.5"),
    ("X Values (all sizes are given in nm)", "Instrument Parameters  "),
    ("Laser Wavelength: 488 nm ", "Filter Wavelength: Scatter ", "Sensitivity: 80.0; Shutter: 100 "),
    ("Frame Rate: 30 fps; Video Resolution: medium",),
)  # fmt: skip


def report_lines() -> list[str]:
    return [line for group in REPORT for line in group]


def pdf_of(pages: list[list[str]], *, author: str = "ZetaView") -> bytes:
    """A plain PDF with one uncompressed text object per page, in the standard font Helvetica."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for page, lines in enumerate(pages):
        stream = b"BT /F1 8 Tf 10 TL 40 900 Td\n" + b"".join(_shown(line) for line in lines) + b"ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 940] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * page} 0 R >>".encode(),
            f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream",
        ]
    objects.append(f"<< /Author ({author}) /Title (Labview Document) >>".encode())
    return _document(objects)


def _shown(line: str) -> bytes:
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b") Tj T*\n"


def _document(objects: list[bytes]) -> bytes:
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    size = len(objects) + 1
    trailer = (
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


def bell(middle_nm: float, total: float, centre_nm: np.ndarray = CENTRE_NM) -> np.ndarray:
    """Whole numbers of particles per class around one diameter; the last classes are empty."""
    shape = np.exp(-(np.log(centre_nm / middle_nm) ** 2) / (2 * 0.3**2))
    return np.round(np.where(centre_nm < 350, shape, 0) / shape.sum() * total)


def rows_of(*columns: np.ndarray, delimiter: str = ",", comma: bool = False) -> str:
    lines = [delimiter.join(f"{value:.12g}" for value in row) for row in zip(*columns, strict=True)]
    text = "\n".join(lines) + "\n"
    return text.replace(".", ",") if comma else text


def diameter_tables() -> dict[str, tuple[bytes, dict]]:
    rng = np.random.default_rng(7)
    particles = np.round(np.exp(rng.normal(np.log(105), 0.3, 60)), 1)
    counts = bell(110, 900)
    stock = counts * 1e6
    log_nm = np.round(10 * 1.12 ** np.arange(40), 2)
    percent = np.round(bell(120, 1e4, log_nm) / 1e4 * 100, 2)
    percent[percent.argmax()] = round(percent.max() + 100 - percent.sum(), 2)
    videos = [bell(middle, 1e6) for middle in (100, 105, 112)]
    return {
        "particles.csv": (
            ("diameter_nm\n" + "\n".join(map(str, particles)) + "\n").encode(),
            _tracks(particles),
        ),
        "klassen.csv": (
            ("Probe;Ahorn 3\nGröße / nm;Konzentration (Partikel/mL)\n"
             + rows_of(CENTRE_NM + 0.5, stock, delimiter=";", comma=True)).encode("cp1252"),
            _classes(CENTRE_NM + 0.5, stock, per_ml=stock.sum(), sample="Ahorn 3"),
        ),
        "classes.tsv": (
            ("Bin centre\tConcentration\nnm\t10^6 particles/mL\n"
             + rows_of(CENTRE_NM, stock / 1e6, delimiter="\t")).encode(),
            _classes(CENTRE_NM, stock, per_ml=stock.sum(), warnings=["unit_converted"]),
        ),
        "shares.csv": (
            ("Diameter (um),Number (%)\n" + rows_of(np.round(log_nm / 1e3, 5), percent)).encode("utf-16"),
            _classes(log_nm, percent, warnings=["amount_is_relative", "unit_converted"]),
        ),
        "videos.csv": (
            ("particle_size,birch_00,birch_01,birch_02,Average\n"
             + rows_of(CENTRE_NM, *videos, np.mean(videos, axis=0))).encode(),
            _classes(CENTRE_NM, np.mean(videos, axis=0), videos=videos,
                     warnings=["columns_ignored", "concentration_unit_unknown", "unit_assumed"]),
        ),
        "empty.csv": (
            ("Diameter (nm),Count\n" + rows_of(CENTRE_NM, CENTRE_NM * 0)).encode(),
            {"type": "SizeRun", "values": {"status": "no_result", "histogram": None, "measured_per_ml": None},
             "warnings": ["no_particles"]},
        ),
        "counts.xlsx": (
            workbook({"notes": [["made by hand"]], "sizes": [["Diameter (nm)", "Count"],
                                                             *zip(CENTRE_NM.tolist(), counts.tolist(), strict=True)]}),
            _classes(CENTRE_NM, counts, count=counts),
        ),
    }  # fmt: skip


def _tracks(particles: np.ndarray) -> dict:
    ordered = np.sort(particles)
    values = {"status": "ok", "vendor.d50_nm": None, "dilution.factor": None, "histogram": None}
    values |= {f"tracks.diameter_nm.{at}": float(ordered[at]) for at in (0, 30, 59)}
    return {"type": "SizeRun", "independent_rows": True, "values": values, "warnings": []}


def _classes(centre_nm, amount, *, count=None, per_ml=None, videos=(), sample=None, warnings=()) -> dict:
    most = int(np.argmax(amount))
    values = {"status": "ok", "vendor.d50_nm": None, "dilution.factor": None, "tracks": None}
    values |= {"histogram.centre_nm.0": float(centre_nm[0]), f"histogram.amount.{most}": float(amount[most])}
    values["measured_per_ml"] = None if per_ml is None else float(per_ml)
    values |= (
        {f"histogram.count.{most}": float(count[most])} if count is not None else {"histogram.count": None}
    )
    values |= {
        f"per_video.{at}.histogram.amount.{most}": float(video[most]) for at, video in enumerate(videos)
    }
    values |= {"sample": sample} if sample else {}
    return {"type": "SizeRun", "values": values, "warnings": list(warnings)}


def protein_tables() -> dict[str, tuple[bytes, dict]]:
    wide = "BCA assay, plate 3\nSample,Rep 1 (µg/mL),Rep 2 (µg/mL),Rep 3 (µg/mL),Mean\n"
    wide += "larch_F2,152.1,148.3,153.5,151.3\nlarch_F3,81.5,80.9,82.4,81.6\nPBS blank,1.2,-0.4,0.6,0.5\n"
    german = "Probe;Protein (mg/ml)\nAhorn 1;0,152\nAhorn 2;< 0,02\nPuffer;0,001\n"
    units = "name\tconcentration\tunit\tblank\tassay\nbirch\t12.5\tug/mL\tno\tQubit\nbuffer A\t0.3\tug/mL\tyes\tQubit\n"
    return {
        "bca_plate.csv": (
            wide.encode(),
            _readings("BCA", [("larch_F2", [152.1, 148.3, 153.5], False, False, 3),
                              ("larch_F3", [81.5, 80.9, 82.4], False, False, 4),
                              ("PBS blank", [1.2, -0.4, 0.6], True, False, 5)]),
        ),
        "protein.csv": (
            german.encode("cp1252"),
            _readings("", [("Ahorn 1", [152.0], False, False, 2),
                    ("Ahorn 2", [], False, True, 3),
                    ("Puffer", [1.0], True, False, 4)],
                      warnings=["assay_not_named", "below_lod", "unit_converted"]),
        ),
        "qubit.tsv": (
            units.encode(),
            _readings("Qubit", [("birch", [12.5], False, False, 2), ("buffer A", [0.3], True, False, 3)]),
        ),
        "bradford.xlsx": (
            workbook({"Bradford": [["Sample", "Protein Bradford (ug/mL)"], ["birch", 44.5], ["blank", 0.2]]}),
            _readings("Bradford", [("birch", [44.5], False, False, 2), ("blank", [0.2], True, False, 3)]),
        ),
    }  # fmt: skip


def _readings(assay: str, rows: list, *, warnings=()) -> dict:
    values: dict[str, object] = {"assay": assay}
    for at, (sample, numbers, is_blank, is_below, row) in enumerate(rows):
        names = {"sample": sample, "is_blank": is_blank, "is_below_lod": is_below, "row": row}
        values |= {f"readings.{at}.{name}": value for name, value in names.items()}
        values |= {f"readings.{at}.ug_per_ml.{i}": number for i, number in enumerate(numbers)}
    return {"type": "ProteinTable", "independent_rows": True, "values": values, "warnings": list(warnings)}


def reports() -> dict[str, tuple[bytes, dict]]:
    values = {
        "stem": "20240502_0003_larch_F2_size_488", "sample": "larch_F2", "acquired": "2024-05-02T09:41",
        "temperature_c": 24.87, "dilution.factor": 1000.0, "dilution.applied_by": "instrument",
        "vendor.d10_nm": 70.1, "vendor.d50_nm": 112.4, "vendor.d90_nm": 181.9, "vendor.mean_nm": 120.6,
        "vendor.sd_nm": 48.2, "vendor.mode_nm": 96.3, "vendor.concentration_per_ml": 2.4e10, "vendor.tracks": 812,
    }  # fmt: skip
    expected = {"type": "VendorReport", "values": values, "warnings": []}
    return {"20240502_0003_larch_F2_size_488.pdf": (pdf_of([report_lines()]), expected)}


def workbook(sheets: dict[str, list]) -> bytes:
    import io

    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(out)
    return out.getvalue()


def write(reader: str, files: dict[str, tuple[bytes, dict]]) -> None:
    folder = READERS / reader
    folder.mkdir(parents=True, exist_ok=True)
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    expected = {name: said for name, (_, said) in files.items()}
    text = json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write("diameter-table", diameter_tables())
    write("protein-table", protein_tables())
    write("zetaview-pdf", reports())
