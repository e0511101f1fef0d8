"""Make the small files on which the readers of markers and micrographs are tested.

Run ``python tests/data/make_markers.py`` to write them again. Sample names and numbers are invented; the layouts
are those of hand-made tables, of Image Lab and of ImageJ. ``expected.json`` is written from the same numbers, never
from what a reader returns.
"""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np

READERS = Path(__file__).parent / "readers"
BLOT = (
    ("CD63", "larch EV", 1, "1204.5", 10), ("CD63", "larch lysate", 2, "310.0", 10), ("CD63", "blank", 3, "12.5", ""),
    ("TSG101", "larch EV", 1, "702.1", 10), ("TSG101", "larch lysate", 2, "655.0", 10),
    ("TSG101", "blank", 3, "9.8", ""),
    ("Calnexin", "larch EV", 1, "not detected", 10), ("Calnexin", "larch lysate", 2, "951.2", 10),
    ("Albumin", "larch EV", 1, "< 20", 10), ("Albumin", "larch lysate", 2, "88.0", 10),
)  # fmt: skip


def blot() -> tuple[str, dict]:
    rows = ["Marker,Sample,Lane,Intensity,Load (ug)", *(",".join(map(str, row)) for row in BLOT)]
    values = {}
    for i, (marker, sample, lane, text, load) in enumerate(BLOT):
        number = text.replace(".", "").isdigit()
        values |= {
            f"readings.{i}.marker": marker,
            f"readings.{i}.sample": sample,
            f"readings.{i}.lane": str(lane),
            f"readings.{i}.intensity": float(text) if number else None,
            f"readings.{i}.is_below_lod": not number,
            f"readings.{i}.limit": 20.0 if text == "< 20" else None,
            f"readings.{i}.load_ug": 10.0 if load else None,
            f"readings.{i}.row": i + 2,
        }
    materials = ("ev", "cell lysate", "blank")
    values |= {f"readings.{i}.material": materials[row[2] - 1] for i, row in enumerate(BLOT)}
    return "\n".join(rows) + "\n", values | {"assay": "Western blot"}


def presence() -> tuple[str, dict]:
    text = (
        "Sample\tCD9\tCD81\tAlix\tCANX\nbirch sEV\t+\t++\t+\t-\nbirch cells\t+\t-\t+\t+\nbuffer\t-\t-\t-\t-\n"
    )
    here = ((True, True, True, False), (True, False, True, True), (False,) * 4)
    flat = [present for row in here for present in row]
    return text, {f"readings.{i}.is_present": present for i, present in enumerate(flat)} | {"assay": ""}


def across() -> tuple[str, dict]:
    text = "ELISA\nMarker;Erle EV 1;Erle EV 2;Zelllysat;Leerwert\nCD9;1,52;1,47;0,83;0,05\n"
    text += "Syntenin;0,91;0,88;0,74;0,06\n"
    numbers = (1.52, 1.47, 0.83, 0.05, 0.91, 0.88, 0.74, 0.06)
    return text, {f"readings.{i}.intensity": number for i, number in enumerate(numbers)} | {"assay": "ELISA"}


def image_lab() -> tuple[str, dict]:
    head = "Lane,Band No.,Band Label,Mol. Wt. (KDa),Relative Front,Adj. Volume (Int),Volume (Int),"
    head += "Abs. Quant.,Rel. Quant.,Band %,Lane %"
    rows = (
        "1,1,CD63,52.1,0.41,120544,181021,N/A,N/A,100.0,61.2",
        "2,1,CD63,51.8,0.41,20331,90212,N/A,N/A,100.0,33.0",
    )
    values = {
        "readings.0.intensity": 120544.0,
        "readings.1.intensity": 20331.0,
        "readings.1.sample": "lane 2",
    }
    return "\n".join((head, *rows)) + "\n", values | {"assay": "Western blot"}


def outlines() -> tuple[str, dict]:
    areas = (5026.5, 7853.9, 3848.4)
    rows = [" ,Label,Area (nm^2),Feret (nm),MinFeret (nm)"]
    rows += [
        f"{i},elm,{area},{2.1 * (area / np.pi) ** 0.5:.2f},{1.9 * (area / np.pi) ** 0.5:.2f}"
        for i, area in enumerate(areas, 1)
    ]
    diameters = sorted(2 * (area / np.pi) ** 0.5 for area in areas)
    return "\n".join(rows) + "\n", {f"diameter_nm.{i}": float(d) for i, d in enumerate(diameters)}


def lines() -> tuple[str, dict]:
    text = "\tArea\tMean\tMin\tMax\tAngle\tLength (um)\n1\t12\t88.1\t60\t120\t-12.5\t0.0812\n"
    text += "2\t14\t90.4\t61\t118\t33.1\t0.1043\n"
    return text, {"diameter_nm.0": 81.2, "diameter_nm.1": 104.3}


def png(width: int, height: int, *, per_metre: int) -> bytes:
    rows = b"".join(b"\x00" + bytes(width) for _ in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg(width: int, height: int) -> bytes:
    app0 = b"\xff\xe0" + struct.pack(">H5sHBHHBB", 16, b"JFIF\x00", 0x0102, 1, 72, 72, 0, 0)
    frame = b"\xff\xc0" + struct.pack(">HBHHB3B", 11, 8, height, width, 1, 1, 0x11, 0)
    return b"\xff\xd8" + app0 + frame + b"\xff\xd9"


def mrc(width: int, height: int, *, angstrom: float) -> bytes:
    head = bytearray(1024)
    struct.pack_into("<4i", head, 0, width, height, 1, 1)
    struct.pack_into("<3i3f", head, 28, width, height, 1, width * angstrom, height * angstrom, angstrom)
    head[208:216] = b"MAP DD\x00\x00"
    return bytes(head) + bytes(2 * width * height)


def tiff(width: int, height: int, *, pixel_m: float) -> bytes:
    import tifffile

    text = f"[User]\r\nUser=not kept\r\n[Scan]\r\nPixelWidth={pixel_m:g}\r\nPixelHeight={pixel_m:g}\r\n"
    out = io.BytesIO()
    grey = np.zeros((height, width), np.uint16)
    tifffile.imwrite(out, grey, extratags=[(34682, "s", 0, text, True)], metadata=None, software="")
    return out.getvalue()


def picture(size: tuple[int, int], bits: int, pixel_nm: float | None, method: str) -> dict:
    return {"width_px": size[0], "height_px": size[1], "bits": bits, "pixel_nm": pixel_nm, "method": method}


def write(
    folder: str, kind: str, files: dict[str, tuple[bytes | str, dict, list[str]]], **flags: bool
) -> None:
    place = READERS / folder
    place.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, (content, values, warnings) in files.items():
        (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
        expected[name] = {"type": kind, **flags, "values": values, "warnings": warnings}
    (place / "expected.json").write_text(
        json.dumps(expected, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def main() -> None:
    write(
        "marker-table",
        "MarkerTable",
        {
            "larch_blot.csv": (*blot(), ["below_lod"]),
            "birch.tsv": (*presence(), ["load_not_stated", "marker_assay_not_named"]),
            "erle.csv": (*across(), ["load_not_stated"]),
            "imagelab.csv": (
                *image_lab(),
                ["load_not_stated", "no_lysate", "no_marker_blank", "sample_not_stated"],
            ),
        },
        independent_rows=True,
        independent_columns=True,
    )
    write(
        "micrograph-sizes",
        "ParticleDiameters",
        {
            "outlines.csv": (*outlines(), ["diameter_from_area"]),
            "lines.tsv": (*lines(), ["diameter_from_length", "unit_converted"]),
        },
        independent_rows=True,
        independent_columns=True,
    )
    write(
        "micrograph",
        "Micrograph",
        {
            "elm_TEM.png": (png(40, 30, per_metre=500_000_000), picture((40, 30), 8, 2.0, "TEM"), []),
            "oak_AFM.jpg": (jpeg(64, 48), picture((64, 48), 8, None, "AFM"), []),
            "ash.mrc": (mrc(24, 20, angstrom=4.5), picture((24, 20), 16, 0.45, "EM"), []),
            "yew.tif": (tiff(32, 24, pixel_m=1.5e-9), picture((32, 24), 16, 1.5, "EM"), []),
        },
    )


if __name__ == "__main__":
    main()
