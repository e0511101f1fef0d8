from dataclasses import dataclass

import numpy as np


@dataclass
class C:
    size: float
    share: float
    spread: float
    sizes: object
    shares: object
    spreads: object


def components(g, d, res):
    k = np.exp(-0.5 * ((g - g[:, None]) / 0.05) ** 2)
    k /= k.sum(1, keepdims=True)
    s = d @ k
    out = []
    pk = [i for i in range(1, len(s) - 1) if s[i] > s[i - 1] and s[i] >= s[i + 1] and s[i] > 0.02 * s.max()]
    cuts = [0]
    keep = []
    for i in pk:
        if keep:
            j = keep[-1] + int(np.argmin(s[keep[-1] : i + 1]))
            if s[j] > 0.7 * min(s[keep[-1]], s[i]):
                if s[i] > s[keep[-1]]:
                    keep[-1] = i
                continue
            cuts.append(j)
        keep.append(i)
    cuts.append(len(s))
    for a, b in zip(cuts[:-1], cuts[1:]):
        w = d[a:b].sum()
        m = (d[a:b] * np.exp(g[a:b])).sum() / w
        sd = np.sqrt((d[a:b] * np.exp(2 * g[a:b])).sum() / w - m * m)
        z = np.array([np.nan])
        if w > 0.03:
            out.append(C(m, w / d.sum(), sd / m, z, z, z))
    return out
