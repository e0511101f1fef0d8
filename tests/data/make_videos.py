"""Make the small files on which the readers of videos are tested.

Run ``python -m tests.data.make_videos`` to write them again; every run writes the same bytes but for the encoded
ones, which depend on the version of the encoder. Grey levels are invented: spots that wander on a noisy ground.
``expected.json`` is written from the same numbers, never from what a reader returns.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tests.data.video_bytes import GREY_RAMP, Avi, Tiff

READERS = Path(__file__).parent / "readers"
OME = """<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="by hand">
<Image ID="Image:0"><AcquisitionDate>2026-03-02T10:11:12</AcquisitionDate><Pixels ID="Pixels:0" Type="uint16"
DimensionOrder="XYZCT" SizeX="21" SizeY="16" SizeZ="1" SizeC="1" SizeT="5" SignificantBits="12"
PhysicalSizeX="0.166" PhysicalSizeY="0.166">{planes}</Pixels></Image></OME>"""
PLANE = '<Plane TheZ="0" TheC="0" TheT="{t}" DeltaT="{at}" DeltaTUnit="ms" ExposureTime="15" ExposureTimeUnit="ms"/>'


def film(seed: int, *, frames: int, height: int, width: int, bits: int = 8) -> np.ndarray:
    """Grey levels of spots that wander, shape (frames, height, width)."""
    rng = np.random.default_rng(seed)
    top = 2**bits - 1
    places = rng.uniform(2, [height - 2, width - 2], (3, 2)) + np.cumsum(
        rng.normal(0, 0.7, (frames, 3, 2)), 0
    )
    rows, columns = np.mgrid[:height, :width]
    level = rng.normal(0.1 * top, 0.01 * top, (frames, height, width))
    for spot in range(3):
        y, x = places[:, spot, 0, None, None], places[:, spot, 1, None, None]
        level += 0.6 * top * np.exp(-0.5 * ((rows - y) ** 2 + (columns - x) ** 2) / 1.3**2)
    return np.clip(np.rint(level), 0, top).astype(np.uint8 if bits == 8 else np.uint16)


def imagej(frames: int, **keys: object) -> str:
    lines = [f"{key}={value}" for key, value in {"images": frames, "frames": frames, **keys}.items()]
    return "\n".join(["ImageJ=1.54f", *lines, ""])


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file: its reader, the grey levels that must be read, and what else is expected."""

    reader: str
    name: str
    grey: np.ndarray
    content: bytes = b""
    values: dict = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def tiff_cases() -> list[Case]:
    alder, birch = film(1, frames=6, height=15, width=18), film(2, frames=5, height=16, width=21, bits=12)
    hazel, rowan = (
        film(3, frames=4, height=16, width=16, bits=16),
        film(4, frames=4, height=9, width=13, bits=12),
    )
    planes = "".join(PLANE.format(t=t, at=40 * t) for t in range(5))
    return [
        Case(
            reader="video-tiff",
            name="alder_imagej.tif",
            grey=alder,
            content=Tiff(
                order=">",
                has_one_directory=True,
                description=imagej(6, unit="micron", finterval=0.04),
                first_tags={282: (5, [(6_000_000, 1_000_000)]), 283: (5, [(6_000_000, 1_000_000)])},
            ).write(alder),
            values={
                "frames.bits": 8,
                "scale.pixel_nm": 1000 / 6,
                "scale.fps": 25.0,
                "software": "ImageJ 1.54f",
            },
        ),
        Case(
            reader="video-tiff",
            name="birch.ome.tif",
            grey=birch,
            content=Tiff(description=OME.format(planes=planes), rows_per_strip=4).write(birch),
            values={
                "frames.bits": 12,
                "scale.pixel_nm": 166.0,
                "scale.fps": 25.0,
                "scale.exposure_ms": 15.0,
                "acquired": "2026-03-02T10:11:12",
                "stem": "birch",
            },
        ),
        Case(
            reader="video-tiff",
            name="hazel_deflate.tif",
            grey=hazel,
            content=Tiff(is_big=True, compression=8, predictor=2, rows_per_strip=6).write(hazel),
            values={"frames.bits": 16, "codec": "deflate", "is_lossy": False, "scale.fps": None},
        ),
        Case(
            reader="video-tiff",
            name="rowan-500_packed.tif",
            grey=rowan,
            content=Tiff(is_packed=True, first_tags={306: (2, b"2026:03:02 10:11:12\0")}).write(rowan),
            values={"frames.bits": 12, "acquired": "2026-03-02T10:11:12", "sample": "rowan-500_packed"},
        ),
    ]


def avi_cases() -> list[Case]:
    elm, larch = film(5, frames=6, height=11, width=18), film(6, frames=5, height=8, width=10, bits=12)
    oak = film(7, frames=4, height=9, width=11)
    return [
        Case(
            reader="video-avi",
            name="elm_grey.avi",
            grey=elm,
            content=Avi(
                palette=GREY_RAMP, lost=(3,), frames_each=4, date=b"Mon Mar 02 10:11:12 2026\n\0"
            ).write(elm),
            values={
                "frames.bits": 8,
                "scale.fps": 25.0,
                "dropped.0": 3,
                "acquired": "2026-03-02T10:11:12",
                "software": "by hand",
            },
            warnings=("frames_dropped",),
        ),
        Case(
            reader="video-avi",
            name="larch_y16.avi",
            grey=larch,
            content=Avi(bits=16, codec=b"Y16 ", rate=30_000, scale=1001).write(larch),
            values={"frames.bits": 12, "scale.fps": 30_000 / 1001, "codec": "uncompressed"},
            warnings=("bits_inferred",),
        ),
        Case(
            reader="video-avi",
            name="oak_rgb.avi",
            grey=oak,
            content=Avi(bits=24, is_top_down=True, rate=0).write(np.repeat(oak[..., None], 3, axis=3)),
            values={"frames.bits": 8, "scale.fps": 25.0, "is_lossy": False},
            warnings=("colour_to_grey",),
        ),
    ]


def encoded_cases(folder: Path) -> list[Case]:
    ash, maple = film(8, frames=12, height=32, width=48), film(9, frames=12, height=32, width=48)
    return [
        Case(
            reader="video-av",
            name="ash_ffv1.mkv",
            grey=ash,
            content=encoded(folder / "ash.mkv", ash, codec="ffv1", layout="gray", rate=30),
            values={"frames.bits": 8, "scale.fps": 30.0, "codec": "ffv1", "is_lossy": False},
        ),
        Case(
            reader="video-av",
            name="maple_mjpeg.avi",
            grey=maple,
            content=encoded(folder / "maple.avi", maple, codec="mjpeg", layout="yuvj420p", rate=25),
            values={"frames.bits": 8, "scale.fps": 25.0, "codec": "mjpeg", "is_lossy": True},
            warnings=("lossy_codec",),
        ),
        Case(
            reader="video-av",
            name="yew_h264.mp4",
            grey=maple,
            content=encoded(folder / "yew.mp4", maple, codec="libx264", layout="yuv420p", rate=25),
            values={"frames.bits": 8, "scale.fps": 25.0, "codec": "h264", "is_lossy": True},
            warnings=("lossy_codec",),
        ),
    ]


def encoded(path: Path, grey: np.ndarray, *, codec: str, layout: str, rate: int) -> bytes:
    """A video in a container, made by PyAV."""
    import av

    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width, stream.pix_fmt = *grey.shape[1:], layout
        for frame in grey:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="gray")))
        container.mux(stream.encode())
    return path.read_bytes()


def expected(cases: list[Case]) -> dict[str, dict[str, object]]:
    return {
        case.name: {
            "type": "Video",
            "warnings": sorted(case.warnings),
            "values": {
                **{f"frames.shape.{axis}": length for axis, length in enumerate(case.grey.shape)},
                **case.values,
            },
        }
        for case in cases
    }


def main() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        cases = [*tiff_cases(), *avi_cases(), *encoded_cases(Path(folder))]
    for reader in sorted({case.reader for case in cases}):
        ours = [case for case in cases if case.reader == reader]
        (READERS / reader).mkdir(parents=True, exist_ok=True)
        for case in ours:
            (READERS / reader / case.name).write_bytes(case.content)
        text = json.dumps(expected(ours), indent=1)
        (READERS / reader / "expected.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
