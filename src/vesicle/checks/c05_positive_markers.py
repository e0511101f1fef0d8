"""C05: do the producing cells carry the antigens that MSC carry?"""

from __future__ import annotations

from vesicle.analysis import Inputs
from vesicle.checks import Check
from vesicle.checks.panel import judge_panel
from vesicle.findings import IdentityFinding
from vesicle.results import CheckResult


def judge(inputs: Inputs) -> CheckResult:
    """The verdict on CD73, CD90 and CD105.

    Parameters
    ----------
    inputs : Inputs
        With what the cytometer saw.

    Returns
    -------
    CheckResult
        One part per antigen.
    """
    return judge_panel(inputs, inputs.limits["C05"], required="positive")


CHECK = Check(id="C05", needs=(IdentityFinding,), judge=judge)
