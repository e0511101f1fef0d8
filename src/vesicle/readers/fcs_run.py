"""What a data set says about its run: duration, volume, instrument, date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from vesicle.readers.fcs_text import Keywords
from vesicle.results import Warned

_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:[.:](\d+))?")
_DATES = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%Y-%b-%d", "%Y-%m-%d", "%d-%m-%Y")
_DAY_S, _MOST_S = 86_400.0, 86_400.0 * 2
_IN_NANOLITRES = re.compile("cytoflex", re.IGNORECASE)
"""Instruments whose $VOL was seen to be in nanolitres; of others the unit is not known."""
_SOFTWARE = ("CREATOR", "SWVER")


def time_step_s(keywords: Keywords) -> tuple[float | None, tuple[Warned, ...]]:
    """The seconds that one unit of the time channel lasts.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.

    Returns
    -------
    step : float or None
        From $TIMESTEP, else from TIMETICKS of a FACSCalibur (milliseconds).
    warnings : tuple of Warned
        ``timestep_unusable`` when it is stated and no such number.
    """
    text, step = keywords.text_of("$TIMESTEP"), keywords.number("$TIMESTEP")
    if step is not None and 0 < step < _DAY_S:
        return step, ()
    if text:
        message = "$TIMESTEP is no usable number; the time channel has no unit."
        return None, (Warned(code="timestep_unusable", message=message),)
    ticks = keywords.number("TIMETICKS")
    return (ticks / 1000.0 if ticks and 0 < ticks < 1e6 else None), ()


def duration_s(
    keywords: Keywords, times: Mapping[int, tuple[float, float]], step: float | None
) -> float | None:
    """How long the run took.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    times : mapping of int to tuple of float
        Least and greatest value of the time channels, of which a file should have one.
    step : float or None
        Seconds of a unit of the time channel.

    Returns
    -------
    float or None
        From the time channel, which is finer, where it agrees with the clock; else from the clock.
    """
    begin, end = (_seconds(keywords.text_of(name)) for name in ("$BTIM", "$ETIM"))
    clock = None if begin is None or end is None else (end - begin) % _DAY_S
    span = None
    if len(times) == 1 and step is not None:
        least, greatest = next(iter(times.values()))
        span = (greatest - least) * step
    if span is not None and 0 < span < _MOST_S and (not clock or abs(span - clock) <= max(2.0, 0.1 * clock)):
        return span
    return clock or None


def _seconds(text: str) -> float | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(match[i]) for i in (1, 2, 3))
    part = 0.0
    if match[4]:
        # FCS 2.0 counts sixtieths behind a colon, later versions hundredths behind a point.
        part = int(match[4]) / 60.0 if ":" in text[8:] else float(f"0.{match[4]}")
    return 3600.0 * hours + 60.0 * minutes + seconds + part


def volume_nl(keywords: Keywords) -> tuple[float | None, tuple[Warned, ...]]:
    """The volume that was drawn, where its unit is known.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.

    Returns
    -------
    volume : float or None
        In nL.
    warnings : tuple of Warned
        ``volume_not_used`` for an instrument whose unit is not known.
    """
    volume = keywords.number("$VOL")
    if volume is None or volume <= 0:
        return None, ()
    if _IN_NANOLITRES.search(keywords.text_of("$CYT")):
        return volume, ()
    message = (
        f"$VOL states {volume:g} without a unit that is known of this instrument; state volume_nl instead."
    )
    return None, (Warned(code="volume_not_used", message=message),)


def acquired(keywords: Keywords) -> str | None:
    """When the run began, as ISO 8601.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.

    Returns
    -------
    str or None
        The date with the time where both can be read, else the date.
    """
    text = keywords.text_of("$DATE")
    for form in _DATES:
        try:
            day = dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
        seconds = _seconds(keywords.text_of("$BTIM"))
        if seconds is None or seconds >= _DAY_S:
            return day.isoformat()
        moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=int(seconds))
        return moment.isoformat()
    return None


def software(keywords: Keywords) -> str:
    """The program that wrote the file.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.

    Returns
    -------
    str
        Empty when nothing says it.
    """
    return next((text for name in _SOFTWARE if (text := keywords.text_of(name))), "")
