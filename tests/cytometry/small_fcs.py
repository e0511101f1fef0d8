"""Events of a plain FCS 3.1 file (32-bit floats, little-endian), read without the package's own reader."""

import numpy as np


def events_of(path):
    """The columns by their label, else by their name."""
    content = path.read_bytes()
    text_first, text_last, data_first, _ = (int(content[at : at + 8]) for at in (10, 18, 26, 34))
    words = content[text_first + 1 : text_last].decode("latin-1").split(chr(content[text_first]))
    keys = {key.upper(): value for key, value in zip(words[::2], words[1::2], strict=False)}
    columns = int(keys["$PAR"])
    table = np.frombuffer(content, "<f4", columns * int(keys["$TOT"]), data_first).reshape(-1, columns)
    names = [keys.get(f"$P{i}S") or keys[f"$P{i}N"] for i in range(1, columns + 1)]
    return {name: table[:, i].astype(np.float64) for i, name in enumerate(names)}
