"""A small reader of FCS files for the tests of this folder; it knows the layouts of those files and no more."""

import re
from pathlib import Path

import numpy as np


def numbers(data, kind, width):
    if width != 3:
        return data.view(f"{kind}{width}")
    parts = data.reshape(-1, 3)[:, :: -1 if kind[0] == ">" else 1].astype(np.uint32)
    return parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16


def read_fcs(path):
    """Events as float64, shape (events, channels), and the names of the channels."""
    content = Path(path).read_bytes()
    first, last = int(content[10:18]), int(content[18:26])
    text = content[first : last + 1].decode("latin-1")
    fields = re.split(re.escape(text[0]), text[1:].rstrip(text[0] + " \0"))
    keys = {key.strip().upper(): value.strip() for key, value in zip(fields[::2], fields[1::2], strict=False)}
    channels, events = int(keys["$PAR"]), int(keys["$TOT"])
    order = ">" if keys["$BYTEORD"].startswith(("4", "2")) else "<"
    bits = int(keys["$P1B"])
    kind = {"F": "f", "D": "f", "I": "u"}[keys["$DATATYPE"]]
    start = int(content[26:34]) or int(keys["$BEGINDATA"])
    data = np.frombuffer(content, np.uint8, count=events * channels * bits // 8, offset=start)
    table = numbers(data, f"{order}{kind}", bits // 8).reshape(events, channels).astype(np.float64)
    for i in range(channels if kind == "u" else 0):
        decades, lowest = (float(part) for part in keys[f"$P{i + 1}E"].split(","))
        if decades > 0:
            table[:, i] = (lowest or 1.0) * 10 ** (decades * table[:, i] / float(keys[f"$P{i + 1}R"]))
    return table, [keys[f"$P{i + 1}N"] for i in range(channels)]
