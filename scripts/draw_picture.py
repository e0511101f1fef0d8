"""Write docs/images/dossier.png: the top of the demo's dossier, as Chromium draws it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import vesicle
from vesicle.cli.demo import write_example
from vesicle.simulate.example import TRUTH, example_folder

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "dossier.png"
WIDTH_PX, HEIGHT_PX = 1100, 1200
MOST_BYTES = 300_000
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--font-render-hinting=none"]


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is needed: run make setup", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / TRUTH.sample
        write_example(folder, example_folder())
        vesicle.run(folder, out=Path(place) / "dossier")
        picture = draw(Path(place) / "dossier" / "dossier.html", chromium)
    if len(picture) > MOST_BYTES:
        print(f"The picture has {len(picture)} bytes, more than {MOST_BYTES}", file=sys.stderr)
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(picture)
    print(f"Wrote {PICTURE.name}, {len(picture) / 1000:.0f} kB")
    return 0


def draw(page_file: Path, chromium: str) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, color_scheme="light", reduced_motion="reduce"
        )
        page.goto(page_file.as_uri())
        picture = page.screenshot()
        browser.close()
    return picture


if __name__ == "__main__":
    sys.exit(main())
