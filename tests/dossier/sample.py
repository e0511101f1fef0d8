"""A dossier with every kind of block, hostile names and gaps; its samples are invented."""

import hashlib
from dataclasses import dataclass

import numpy as np

from vesicle.dossier import ComposedSection, Dossier, FileRecord, MissingItem
from vesicle.dossier.blocks import (
    Axis,
    Column,
    Figure,
    Flow,
    Line,
    Methods,
    PointInterval,
    Quote,
    Table,
    Text,
    Verdicts,
    Zone,
)
from vesicle.results import (
    CheckResult,
    Estimate,
    Evidence,
    FileRef,
    Finding,
    NotAssessed,
    Part,
    Provenance,
    Quantity,
    Source,
    Verdict,
    Warned,
    exact,
)

HOSTILE_FILE = "<script>alert(1)</script>.txt"
FORMULA_FILE = "=cmd|' /C calc'!A0"
NON_ASCII_FILE = "Präparation größe 試料 №7 – µm.txt"
LONG_SAMPLE = "UC-MSC_P5_hypoxia_TFF_then_SEC_fraction-7-to-9_pooled_" + "very-long-sample-name-" * 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeOfSample(Finding):
    """A finding with every kind of field that the JSON must carry."""

    sample: str
    d50_nm: Quantity
    blank_per_ml: Quantity
    diameter_nm: np.ndarray
    verdict: Verdict
    shares: dict[str, Quantity]


def estimate(value, spread=0.08, n=3, method="t interval over replicates"):
    return Estimate(value=value, low=value * (1 - spread), high=value * (1 + spread), n=n, method=method)


def file_ref(name, size=24_512):
    return FileRef(path=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size_bytes=size)


def sample_dossier():
    return Dossier(
        batch="MSC-EV 2026-041",
        created="2026-11-23T09:41:07+00:00",
        software={"vesicle": "0.1.0", "numpy": "2.3.1", "scipy": "1.16.0", "python": "3.11.9"},
        checks=checks(),
        findings={"SizeOfSample": size_finding()},
        sections=sections(),
        files=files(),
        missing=(
            MissingItem(
                what='A blank of the final buffer (role = "buffer blank")',
                allows="C04 for the second fraction, and net particle numbers with their error.",
            ),
            MissingItem(
                what="[product] final_volume_ml", allows="Particles per million producing cells (C11)."
            ),
        ),
        settings={
            "temperature_c": "25",
            "viscosity_mpas": "as printed by each instrument",
            "seed": "20261123",
        },
    )


def size_finding():
    return SizeOfSample(
        provenance=Provenance(
            files=(file_ref("NTA/fraction-08_run1.txt"),),
            reader="zetaview-txt",
            parameters=(("bins", "vendor"),),
        ),
        sample="Fraction 08",
        d50_nm=estimate(118.4, 0.06),
        blank_per_ml=NotAssessed("no blank in the folder"),
        diameter_nm=np.array([50.0, 100.0, 150.0]),
        verdict=Verdict.WARN,
        shares={"40-150": estimate(0.71, 0.05), "over 1000": NotAssessed("outside the instrument's range")},
    )


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
        would_change="A repeat measurement with more tracks (longer video, more positions, or less dilution).",
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
        rule="The dilution is known and enters the stock concentration once. Two dilutions agree: 0.8 to 1.25 passes.",
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
        rule="At least 2 replicates of a sample; the coefficient of variation is at most 12 % (pass) or 25 % (warning).",
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
        rule="A buffer blank was measured; as measured it is at most 10 % (pass) or 30 % (warning) of the sample.",
        source=Source(text="Blanks are asked for by MISEV2023", status="need seen; limits house"),
        reason='No file has the role "buffer blank".',
        would_change='A blank of the diluent measured with the sample\'s settings, listed with role = "buffer blank".',
    )


def c10():
    return CheckResult(
        id="C10",
        title="Particle-to-protein purity",
        verdict=Verdict.FAIL,
        value=Estimate(value=6.57e8, low=5.1e8, high=8.4e8, n=3, method="Fieller interval of a ratio"),
        unit="particles per µg",
        rule="Particles per µg protein is classed (impure at most 1.5e+09, low 2e+09 to 2e+10, high from 3e+10) only "
        "if its 95 % interval lies in one band.",
        source=Source(
            text="Webber & Clayton 2013 for the bands",
            status="paper seen in part; band edges: high second-hand, low and impure memory; f derived",
            doi="10.3402/jev.v2i0.19861",
            seen_in="abstract",
        ),
        reason="The whole interval lies in the band called impure.",
        reason_code="interval_in_band",
        would_change="A protein assay of the same aliquot above its detection limit, in a buffer without protein.",
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
                value=NotAssessed("protein below LOD"),
            ),
        ),
    )


def c11():
    return CheckResult(
        id="C11",
        title="Two quantities and a source denominator",
        verdict=Verdict.NOT_APPLICABLE,
        value=NotAssessed("the product is conditioned medium"),
        rule="At least 2 of particles, protein and lipid are quantified, each also per mL of conditioned medium.",
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
        rule="D10, D50, D90 and mode with intervals; 'small EV-enriched' only if the lower bound exceeds 0.5.",
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


def sections():
    return (front(), production(), size(), purity(), specification(), methods())


def front():
    return ComposedSection(
        id="D0",
        title="Front page",
        question="What is this batch, and what was and was not shown?",
        blocks=(
            Table(
                id="batch",
                title="The batch as declared",
                columns=(Column(name="Item"), Column(name="As declared in vesicle.toml")),
                rows=(
                    ("Product kind", "MSC-derived EV preparation"),
                    ("Species and tissue", "Homo sapiens, umbilical cord"),
                    ("Passage", 5),
                    ("Isolation", "tangential flow filtration, then size exclusion chromatography"),
                    ("Storage", "-80 °C in polypropylene, since 2026-09-30"),
                    ("Intended use", NotAssessed("no [intended_use] in vesicle.toml")),
                ),
            ),
        ),
    )


def production():
    return ComposedSection(
        id="D2",
        title="Production as declared",
        question="Can another lab repeat it?",
        blocks=(
            Quote(label="claim_role in vesicle.toml", text="GMP-compliant, clinical grade <b>exosomes</b>"),
            Flow(
                id="process",
                title="From cells to vial",
                steps=(
                    ("Expand", "Umbilical cord MSC, passage 5, 2D flasks, 21 % oxygen"),
                    ("Collect", "48 h in serum-free medium, 500 mL"),
                    ("Filter", "300 × g, 10 min; 0.22 µm"),
                    ("Tangential flow", "500 kDa cut-off, 10-fold concentration, 5 diafiltration volumes"),
                    ("Size exclusion", "fractions 7 to 9 pooled"),
                    ("Store", "-80 °C <in polypropylene>, no freeze-thaw"),
                ),
            ),
            Text(text="The donor's age was not declared.", tone="missing"),
            Verdicts(check_ids=("C11",)),
        ),
    )


def histogram_line(label, centre, *, classes=1200, seed=0):
    edges = np.linspace(0.0, 6000.0, classes + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    fraction = np.exp(-0.5 * (np.log(middle / centre) / 0.35) ** 2)
    fraction[middle > 900] = 0.0
    fraction *= 1 + 0.05 * np.random.default_rng(seed).standard_normal(classes)
    fraction = np.clip(fraction / fraction.sum(), 0, None)
    return Line(label=label, x=edges, y=fraction, low=fraction * 0.85, high=fraction * 1.18, is_step=True)


def size_figure():
    return Figure(
        id="size-distribution",
        title="Particles by diameter",
        caption="Number-weighted, mean of three runs with the 95 % band.",
        summary="Half of the particles lie between 93 and 152 nm; hardly any is larger than 400 nm.",
        x=Axis(title="Hydrodynamic diameter", unit="nm", is_log=True, low=20.0, high=1000.0),
        y=Axis(title="Share of particles per class"),
        lines=(histogram_line("Fraction 08", 118.0), histogram_line("Fraction 09 <b>", 140.0, seed=1)),
        zones=(
            Zone(label="not observed", low=0.0, high=60.0, tone="censored"),
            Zone(label="40–150 nm", low=40.0, high=150.0, tone="neutral"),
        ),
        marks=(("200 nm", 200.0),),
    )


def curve_figure():
    x = np.linspace(0, 48, 97)
    return Figure(
        id="recovery",
        title="Concentration over storage time",
        caption="Lines are means, bands 95 % intervals.",
        summary="The concentration falls by a fifth within two days at 4 °C and stays level at -80 °C.",
        x=Axis(title="Time", unit="h"),
        y=Axis(title="Concentration", unit="particles per mL"),
        lines=tuple(
            Line(
                label=f"{name}",
                x=x,
                y=level * np.exp(-x / scale),
                low=level * 0.93 * np.exp(-x / scale),
                high=level * 1.07 * np.exp(-x / scale),
            )
            for name, level, scale in (
                ("-80 °C", 6.5e9, 4000.0),
                ("4 °C", 6.3e9, 200.0),
                ("25 °C", 6.1e9, 60.0),
            )
        ),
    )


def forest_figure():
    return Figure(
        id="ratio",
        title="Particles per µg protein",
        caption="Points are ratios, whiskers 95 % intervals; the bands are those of the rule C10.",
        summary="Fraction 08 lies in the band called impure; fraction 09 lies between the bands.",
        x=Axis(title="Particles per protein", unit="particles per µg", is_log=True, low=1e8, high=1e11),
        y=Axis(title=""),
        points=(
            PointInterval(label="Fraction 08", value=6.57e8, low=5.1e8, high=8.4e8, group="This batch"),
            PointInterval(label="Fraction 09", value=1.9e9, low=1.3e9, high=2.5e9, group="This batch"),
            PointInterval(label=LONG_SAMPLE, value=2.2e10, low=1.1e10, high=4.5e10, group="Reference"),
        ),
        zones=(
            Zone(label="impure", low=0.0, high=1.5e9, tone="bad"),
            Zone(label="low purity", low=2e9, high=2e10, tone="warn"),
            Zone(label="high purity", low=3e10, high=float("inf"), tone="good"),
        ),
    )


def size():
    return ComposedSection(
        id="D3",
        title="Size and number",
        question="How many particles of which size, how sure?",
        blocks=(
            Text(
                text="Half of the particles lie between 93 and 152 nm. Particles below about 60 nm scatter too little to be counted."
            ),
            size_figure(),
            Table(
                id="replicates",
                title="Replicates",
                columns=(
                    Column(name="Run"),
                    Column(name="D50", unit="nm", meaning="half of the particles are smaller"),
                    Column(name="Concentration", unit="particles per mL", meaning="of the stock"),
                    Column(name="Tracks"),
                    Column(name="Valid"),
                ),
                rows=tuple(
                    (
                        f"Run {k:03d}" if k else HOSTILE_FILE,
                        estimate(100 + 0.7 * k, 0.07),
                        estimate(6.5e9 * (1 + 0.02 * (k % 7)), 0.11)
                        if k % 9
                        else NotAssessed("dilution unknown"),
                        300 + 13 * ((k * 7) % 100),
                        Verdict.PASS if k % 5 else Verdict.WARN,
                    )
                    for k in range(100)
                ),
                caption="Concentrations are those of the stock; the dilution was applied once, by the instrument.",
                how="Percentiles are read at class edges of the vendor's histogram; intervals come from a bootstrap over runs.",
            ),
            curve_figure(),
            Verdicts(check_ids=("C01", "C02", "C03", "C04", "C12")),
        ),
    )


def purity():
    return ComposedSection(
        id="D6",
        title="Purity and impurities",
        question="What else is in the vial?",
        blocks=(
            Text(text="One band edge rests on memory; read the rule beside the verdict.", tone="note"),
            forest_figure(),
            Table(
                id="protein",
                title="Protein",
                columns=(
                    Column(name="Sample"),
                    Column(name="Protein", unit="µg/mL"),
                    Column(name="Implied share f"),
                ),
                rows=(
                    ("Fraction 08", estimate(9.9, 0.1), 0.031),
                    (FORMULA_FILE, estimate(4.1, 0.2), float("nan")),
                    ("Blank", NotAssessed("below the detection limit"), None),
                ),
            ),
            Verdicts(check_ids=("C10", "C16")),
        ),
    )


def specification():
    return ComposedSection(
        id="D14",
        title="Specification",
        question="Does it meet the limits the user wrote?",
        blocks=(Text(text="No limits were written under [specification] in vesicle.toml.", tone="missing"),),
    )


def methods():
    return ComposedSection(
        id="D15",
        title="Methods text",
        question="How do I describe this in a paper?",
        blocks=(
            Methods(
                text="Particle size and number were measured by nanoparticle tracking analysis at 25 °C. "
                "Replicate precision is judged against published variation, and purity as particles per µg protein.",
                citations=("misev2023", "vestad2017", "webber2013", "somebody1999"),
            ),
        ),
    )
