"""Write docs/reference from the code; with ``--check`` only say which committed page is stale."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))

from docs.pages import PAGES  # noqa: E402 - run as a script, the folder above is not on the path


def main(arguments: list[str]) -> int:
    wanted = {REFERENCE / f"{name}.md": page() for name, page in PAGES.items()}
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    left = sorted(set(REFERENCE.glob("*.md")) - set(wanted))
    if arguments == ["--check"]:
        for path in [*stale, *left]:
            print(f"{path.relative_to(ROOT)} is stale: run python docs/generate.py and commit what it writes")
        return 1 if stale or left else 0
    if arguments:
        print("usage: python docs/generate.py [--check]")
        return 2
    REFERENCE.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    for path in left:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
