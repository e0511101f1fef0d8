"""The checks and files of the sample dossier, with hostile names and every source status."""

import hashlib

from vesicle.dossier import FileRecord
from vesicle.results import (
    CheckResult,
    Estimate,
    Evidence,
    FileRef,
    NotAssessed,
    Part,
    Source,
    Verdict,
    Warned,
    exact,
)

HOSTILE_FILE = "<script>alert(1)</script>.txt"
FORMULA_FILE = "=cmd|' /C calc'!A0"
NON_ASCII_FILE = "Präparation größe 試料 №7 – µm.txt"
LONG_SAMPLE = "UC-MSC_P5_hypoxia_TFF_then_SEC_fraction-7-to-9_pooled_" + "very-long-sample-name-" * 6


def estimate(value, spread=0.08, n=3, method="t interval over replicates"):
    return Estimate(value=value, low=value * (1 - spread), high=value * (1 + spread), n=n, method=method)


def file_ref(name, size=24_512):
    return FileRef(path=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size_bytes=size)


def checks():
    return (c01(), c02(), c03(), c04(), c10(), c11(), c12(), c25())


def c01():
    runs = [(f"Fraction 08, run {i}", Verdict.PASS, 612 + 41 * i) for i in range(1, 4)]
    runs.append((LONG_SAMPLE, Verdict.WARN, 188))
    return CheckResult(
        id="C01",
        title="NTA run is a valid measurement",
        verdict=Verdict.WARN,
        value=exact(188, method="counted", n=4),
        unit="tracks in the shortest run",
        rule="Each run has a size table with particles, at least 50 kept tracks (a warning below 300), "
        "and a cell check of Good or Very Good where the instrument states one.",
        source=Source(text="57 real exports of one instrument family", status="limits house"),
        reason="One run rests on 188 tracks, fewer than 300.",
        reason_code="few_tracks",
        would_change="A repeat measurement with more tracks (longer video, more positions, or less "
        "dilution).",
        evidence=(
            Evidence(file="NTA/fraction-09_run1.txt", row=14),
            Evidence(file=NON_ASCII_FILE, row="Number of Traces"),
        ),
        parts=tuple(
            Part(
                subject=name,
                verdict=verdict,
                value=exact(tracks, method="counted"),
                reason="" if verdict is Verdict.PASS else "188 kept tracks; 300 are asked for",
                evidence=(Evidence(file=f"NTA/run{tracks}.txt", row=14),),
            )
            for name, verdict, tracks in runs
        ),
    )


def c02():
    return CheckResult(
        id="C02",
        title="Concentration read and dilution applied exactly once",
        verdict=Verdict.PASS,
        value=Estimate(value=1.04, low=0.97, high=1.12, n=6, method="ratio of two dilutions"),
        unit="ratio of stock values",
        rule="The dilution is known and enters the stock concentration once. Two dilutions agree: "
        "0.8 to 1.25 passes.",
        source=Source(
            text="46 real pairs of a size table and its position file",
            status="observations seen; limits house",
        ),
        reason="Header and manifest state 500; two dilutions agree.",
        evidence=(Evidence(file="NTA/fraction-08_run1.txt", row=31),),
    )


def c03():
    return CheckResult(
        id="C03",
        title="NTA replicate precision and same settings",
        verdict=Verdict.PASS,
        value=Estimate(value=7.94, low=4.3, high=19.8, n=3, method="chi-square interval of a CV"),
        unit="% CV",
        rule="At least 2 replicates of a sample; the coefficient of variation is at most 12 % (pass) "
        "or 25 % (warning).",
        source=Source(
            text="Vestad 2017: within-day 1-12 %, day-to-day 2-25 %",
            status="figures seen; bands house",
            doi="10.1080/20013078.2017.1344087",
        ),
        reason="Three replicates of one saved procedure.",
        overrides=("min_runs = 2 replicates set in vesicle.toml (default 3, house)",),
        evidence=(Evidence(file="NTA/fraction-08_run1.txt", row=None),),
    )


def c04():
    return CheckResult(
        id="C04",
        title="Blank control",
        verdict=Verdict.NOT_ASSESSED,
        value=NotAssessed("no blank in the folder"),
        rule="A buffer blank was measured; as measured it is at most 10 % (pass) or 30 % (warning) "
        "of the sample.",
        source=Source(text="Blanks are asked for by MISEV2023", status="need seen; limits house"),
        reason='No file has the role "buffer blank".',
        would_change="A blank of the diluent measured with the sample's settings, "
        'listed with role = "buffer blank".',
    )


def c10():
    return CheckResult(
        id="C10",
        title="Particle-to-protein purity",
        verdict=Verdict.FAIL,
        value=Estimate(value=6.57e8, low=5.1e8, high=8.4e8, n=3, method="Fieller interval of a ratio"),
        unit="particles per µg",
        rule="Particles per µg protein is classed (impure at most 1.5e+09, low 2e+09 to 2e+10, high "
        "from 3e+10) only "
        "if its 95 % interval lies in one band.",
        source=Source(
            text="Webber & Clayton 2013 for the bands",
            status="paper seen in part; band edges: high second-hand, low and impure memory; f derived",
            doi="10.3402/jev.v2i0.19861",
            seen_in="abstract",
        ),
        reason="The whole interval lies in the band called impure.",
        reason_code="interval_in_band",
        would_change="A protein assay of the same aliquot above its detection limit, in a buffer "
        "without protein.",
        evidence=(Evidence(file="protein/bca.csv", row=7), Evidence(file=FORMULA_FILE, row=2)),
        parts=(
            Part(
                subject="Fraction 08",
                verdict=Verdict.FAIL,
                value=estimate(6.57e8, 0.2),
                reason="interval in one band",
            ),
            Part(
                subject="Fraction 09",
                verdict=Verdict.WARN,
                value=estimate(1.9e9, 0.3),
                reason="between the bands",
            ),
            Part(
                subject='=HYPERLINK("x")',
                verdict=Verdict.NOT_ASSESSED,
                value=NotAssessed("protein below the detection limit"),
            ),
        ),
    )


def c11():
    return CheckResult(
        id="C11",
        title="Two quantities and a source denominator",
        verdict=Verdict.NOT_APPLICABLE,
        value=NotAssessed("the product is conditioned medium"),
        rule="At least 2 of particles, protein and lipid are quantified, each also per mL of "
        "conditioned medium.",
        source=Source(
            text="MISEV2018, quantification items", status="seen through open tables that quote the items"
        ),
        reason="The product kind makes this item not applicable.",
        would_change="Another product_kind in vesicle.toml.",
    )


def c12():
    return CheckResult(
        id="C12",
        title="Size statement and naming",
        verdict=Verdict.PASS,
        value=Estimate(value=0.942, low=0.921, high=0.958, n=653, method="Wilson interval"),
        unit="share of particles below 200 nm",
        rule="D10, D50, D90 and mode with intervals; 'small EV-enriched' only if the lower bound "
        "exceeds 0.5.",
        source=Source(
            text="MISEV2023 table 2", status="table seen; share limit house", doi="10.1002/jev2.12404"
        ),
        reason="The lower bound of the share exceeds 0.5.",
    )


def c25():
    return CheckResult(
        id="C25",
        title="Data integrity",
        verdict=Verdict.FAIL,
        value=exact(1, method="counted"),
        unit="pair of files with the same content",
        rule="Every file has a SHA-256; no two samples share one file's content.",
        source=Source(text="Expectations on data integrity known as ALCOA+", status="memory"),
        reason="Two samples share the content of one file.",
        would_change="The original file of each sample.",
        evidence=(Evidence(file=HOSTILE_FILE), Evidence(file=FORMULA_FILE)),
    )


def files():
    listed = [f"NTA/fraction-{k:02d}_run{run}.txt" for k in (8, 9, 10, 11) for run in (1, 2, 3)]
    listed += [f"NTA/raw/positions/fraction-{k:02d}_11pos.txt" for k in (8, 9, 10, 11)]
    listed += ["protein/bca.csv", "images/README.md", "empty.txt", LONG_SAMPLE + ".txt"]
    records = [
        FileRecord(
            file=file_ref(name),
            reader="zetaview-txt",
            title="ZetaView size table",
            status="ok",
            sample=name[4:15],
        )
        for name in listed[:16]
    ]
    records += [
        FileRecord(
            file=file_ref(listed[16]), reader="protein-table", title="Protein assay table", status="ok"
        ),
        FileRecord(file=file_ref(listed[17]), reader=None, title="", status="not_recognised"),
        FileRecord(
            file=file_ref(listed[18], 0),
            reader="zetaview-txt",
            title="",
            status="unreadable",
            message="It is empty.",
        ),
        FileRecord(
            file=file_ref(listed[19]),
            reader="zetaview-txt",
            title="",
            status="no_result",
            message="No size table.",
        ),
        FileRecord(
            file=file_ref(HOSTILE_FILE),
            reader="generic-diameters",
            title="Table of diameters",
            status="ok",
            sample="<img src=x onerror=alert(2)>",
            warnings=(Warned(code="decimal_comma", message="Numbers use a decimal comma.", row=3),),
        ),
        FileRecord(
            file=file_ref(FORMULA_FILE),
            reader="protein-table",
            title="Protein assay table",
            status="ok",
            sample="@SUM(1)",
        ),
        FileRecord(
            file=file_ref(NON_ASCII_FILE),
            reader="zetaview-txt",
            title="ZetaView size table",
            status="ok",
            sample="試料",
        ),
        FileRecord(
            file=file_ref("table\twith tab.csv"),
            reader="protein-table",
            title="Protein assay table",
            status="ok",
            sample="-12",
            message="+1 row was repaired",
        ),
    ]
    return tuple(records)
