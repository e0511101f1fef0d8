"""C06: do the producing cells lack the antigens of blood cells?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import Check
from vesicle.checks.panel import judge_panel
from vesicle.findings import IdentityFinding
from vesicle.results import CheckResult


def judge(inputs: Inputs) -> CheckResult:
    """The verdict on CD45, CD34, CD14 or CD11b, CD79a or CD19, and HLA-DR, or on the cocktail of them.

    Parameters
    ----------
    inputs : Inputs
        With what the cytometer saw.

    Returns
    -------
    CheckResult
        One part per antigen or cocktail.
    """
    return judge_panel(inputs, inputs.limits["C06"], required="negative")


CHECK = Check(id="C06", needs=(IdentityFinding,), judge=judge)
