"""Make the small statistics tables on which the reader of population tables is tested.

Run ``python tests/data/make_population.py`` to write them again; every run writes the same bytes.
Names and numbers are invented, in the layouts of such programs.
``expected.json`` is written from the same numbers, never from what a reader returns.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "readers" / "population-table"

WIDE = (
    (
        "",
        "Cells/Singlets | Freq. of Parent (%)",
        "Cells/Singlets/CD73+ | Freq. of Parent (%)",
        "Cells/Singlets/CD73+ | Count",
        "Cells/Singlets/CD105+ | Freq. of Parent (%)",
        "Cells/Singlets/CD45- | Freq. of Parent (%)",
    ),
    ("MSC_P4_stained.fcs", "91.4", "98.7", "9870", "96.25", "99.4"),
    ("MSC_P4_isotype.fcs", "91.9", "0.4", "40", "0.5", "99.8"),
    ("Mean", "91.65", "49.55", "4955", "48.38", "99.6"),
)
BATCH = (
    (
        "Specimen",
        "Tube Name",
        "All Events #Events",
        "P1 %Parent",
        "CD90+ #Events",
        "CD90+ %Parent",
        "HLA-DR+ #Events",
        "HLA-DR+ %Parent",
    ),
    ("larch", "tube 1", "10000", "90.5", "8850", "97.8", "90", "1.0"),
)
TREE = (
    ("Experiment Name:", "larch P4", "", ""),
    ("Tube", "Population", "#Events", "%Parent"),
    ("CD34 PE", "All Events", "12000", "####"),
    ("CD34 PE", "P1", "9000", "75.0"),
    ("CD34 PE", "PE+", "90", "1.0"),
)
LIST = (
    ("Marker", "Positive (%)", "Isotype (%)", "Gated events"),
    ("CD73", "98,5", "0,4", "9000"),
    ("Negative cocktail", "1,2", "0,5", "9000"),
)


def row(index, *, tube, marker, percent, line, events=None, control=None):
    names = {
        "tube": tube,
        "marker": marker,
        "percent": percent,
        "row": line,
        "events": events,
        "control_percent": control,
    }
    return {f"rows.{index}.{name}": value for name, value in names.items()}


EXPECTED = {
    "flowjo_table.csv": {
        "type": "PopulationTable",
        "independent_columns": True,
        "independent_rows": True,
        "values": {
            **row(0, tube="MSC_P4_stained.fcs", marker="CD73+", percent=98.7, events=10_000, line=2),
            **row(1, tube="MSC_P4_stained.fcs", marker="CD105+", percent=96.25, line=2),
            **row(2, tube="MSC_P4_isotype.fcs", marker="CD73+", percent=0.4, events=10_000, line=3),
            **row(3, tube="MSC_P4_isotype.fcs", marker="CD105+", percent=0.5, line=3),
        },
        "warnings": ["population_left_out"],
    },
    "diva_batch.csv": {
        "type": "PopulationTable",
        "independent_columns": True,
        "independent_rows": True,
        "values": {
            **row(0, tube="larch", marker="CD90+", percent=97.8, events=9049, line=2),
            **row(1, tube="larch", marker="HLA-DR+", percent=1.0, events=9000, line=2),
        },
        "warnings": [],
    },
    "diva_tube.txt": {
        "type": "PopulationTable",
        "independent_columns": True,
        "independent_rows": True,
        "values": row(0, tube="CD34 PE", marker="CD34 PE: PE+", percent=1.0, events=9000, line=5),
        "warnings": [],
    },
    "summary.csv": {
        "type": "PopulationTable",
        "independent_columns": True,
        "independent_rows": True,
        "values": {
            **row(0, tube="", marker="CD73", percent=98.5, events=9000, control=0.4, line=2),
            **row(1, tube="", marker="Negative cocktail", percent=1.2, events=9000, control=0.5, line=3),
        },
        "warnings": [],
    },
}


def text(rows, delimiter):
    return "".join(delimiter.join(cells) + "\r\n" for cells in rows).encode()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "flowjo_table.csv").write_bytes(text(WIDE, ","))
    (FOLDER / "diva_batch.csv").write_bytes(text(BATCH, ","))
    (FOLDER / "diva_tube.txt").write_bytes(text(TREE, "\t"))
    (FOLDER / "summary.csv").write_bytes(text(LIST, ";"))
    (FOLDER / "expected.json").write_text(json.dumps(EXPECTED, indent=2) + "\n", encoding="utf-8")
