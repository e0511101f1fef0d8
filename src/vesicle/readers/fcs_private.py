"""Which keywords are kept: those that describe the instrument and the run, and no others.

Anything may stand in a keyword: a patient's name, a case number, the operator, the referring ward. A list of
what to leave out would miss the next vendor's key, so this is a list of what may stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_OF_THE_STANDARD = frozenset(
    re.findall(
        r"\S+",
        "$ABRT $BTIM $BYTEORD $CYT $CYTSN $DATATYPE $DATE $ETIM $LOST $MODE $NEXTDATA $ORIGINALITY $PAR "
        "$SPILLOVER $TIMESTEP $TOT $TR $VOL $COMP $FLOWRATE $CALIBRATIONSTATUS $TRIGGERWIDTH",
    )
)
_OF_VENDORS = frozenset(
    re.findall(
        r"\S+",
        "CREATOR SWVER CYTNUM THRESHOLD TIMETICKS SPILL DURTIM SMFLWRTHIS RCTOT RCTIM RCVOL PCHID PCHTP WCH "
        "DGAIN USCOMP FCSVERSION P$SPEED P$SPEEDIS",
    )
) | {"WINDOW EXTENSION", "APPLY COMPENSATION", "FSC ASF", "CST SETUP STATUS"}
_PATTERNS = re.compile(
    r"\$P\d+(?:N|S|B|E|R|G|V|F|L|O|P|T|D|DATATYPE|DET|TAG|TYPE|FEATURE|ANALYTE|CALIBRATION)"
    r"|P\d+(?:DISPLAY|THRESVOL|BS|MS|LO|HI|TYPE)"
    r"|CH\d+(?:ID|NM|TH|TR|GAIN|THUS|FL|DELAY)"
    r"|LASER\d+(?:NAME|DELAY|ASF)"
)
_NUMBERS = re.compile(
    r"\$(?:ABRT|LOST|NEXTDATA|PAR|TIMESTEP|TOT|VOL|FLOWRATE|BYTEORD|BTIM|ETIM|P\d+[BREGVLO])"
    r"|TIMETICKS|DURTIM|RCTOT|RCTIM|RCVOL|P\d+(?:LO|HI|BS|MS)|CH\d+(?:TH|GAIN|DELAY)|LASER\d+(?:DELAY|ASF)"
)
"""Keywords whose value is numbers; where it is none, it may be anything, and is not kept."""
_IS_NUMBERS = re.compile(r"[-+\d.,:; eE]+(?:nm|mW)?")
_LONGEST = 400


def is_kept(name: str) -> bool:
    """Whether a keyword may be kept, printed and exported.

    Parameters
    ----------
    name : str
        In capitals.

    Returns
    -------
    bool
        True for those that describe the instrument, its settings and the run.

    Examples
    --------
    >>> is_kept("$CYT"), is_kept("$P2V"), is_kept("$OP"), is_kept("PATIENT NAME")
    (True, True, False, False)
    """
    return name in _OF_THE_STANDARD or name in _OF_VENDORS or bool(_PATTERNS.fullmatch(name))


def kept_keywords(values: Mapping[str, str]) -> Mapping[str, str]:
    """The keywords that name no person.

    Parameters
    ----------
    values : mapping of str to str
        All keywords of a data set.

    Returns
    -------
    mapping of str to str
        In the order of the file; long values are left out.
    """
    return {
        name: value.strip()
        for name, value in values.items()
        if is_kept(name) and value.strip() and len(value) <= _LONGEST and _is_of_its_kind(name, value)
    }


def _is_of_its_kind(name: str, value: str) -> bool:
    return not _NUMBERS.fullmatch(name) or bool(_IS_NUMBERS.fullmatch(value.strip()))
