"""Weights of a mixture by maximum likelihood: a convex problem, solved to a stated distance from its optimum."""

from __future__ import annotations

import numpy as np

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

_MOST_ROUNDS = 60
_MOST_ATOMS = 48
_FLOOR = 1e-300
_RIDGE = 1e-9
_LANES = 8


@compiled
def dot(a: FloatArray, b: FloatArray) -> float:
    """The scalar product, in eight running sums so that a processor can add them side by side.

    Parameters
    ----------
    a, b : numpy.ndarray
        Shape (n,).

    Returns
    -------
    float
        Always added in the same order.
    """
    sums = np.zeros(8)
    whole = len(a) - len(a) % 8
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for i in range(0, whole, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    for i in range(whole, len(a)):
        s0 += a[i] * b[i]
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


@compiled
def mixed(atoms, weights, out):
    out[:] = 0.0
    for j in range(len(weights)):
        if weights[j] > 0:
            for i in range(len(out)):
                out[i] += weights[j] * atoms[j, i]
    for i in range(len(out)):
        out[i] = max(out[i], 1e-300)


@compiled
def log_sum(f, m):
    s = 0.0
    for i in range(len(f)):
        if m[i] > 0:
            s += m[i] * np.log(f[i])
    return s


@compiled
def solve_subset(h, b, active, y, n):
    """Cholesky solve of h[active,active] y = b[active]; returns False if not pd."""
    c = np.zeros((n, n))
    for p in range(n):
        for q in range(p + 1):
            s = h[active[p], active[q]]
            if p == q:
                s *= 1 + 1e-10
            for k in range(q):
                s -= c[p, k] * c[q, k]
            if p == q:
                c[p, p] = np.sqrt(max(s, 1e-14))
            else:
                c[p, q] = s / c[q, q]
    for p in range(n):
        s = b[active[p]]
        for k in range(p):
            s -= c[p, k] * y[k]
        y[p] = s / c[p, p]
    for p in range(n - 1, -1, -1):
        s = y[p]
        for k in range(p + 1, n):
            s -= c[k, p] * y[k]
        y[p] = s / c[p, p]


@compiled
def nnls_gram(h, b, start):
    """Min 1/2 y'hy - b'y, y>=0; Lawson-Hanson warm started with the support of start."""
    n = len(b)
    y = start.copy()
    passive = y > 0
    active = np.zeros(n, np.int64)
    z = np.zeros(n)
    for outer in range(3 * n + 10):
        # solve on passive, with inner loop
        while True:
            k = 0
            for j in range(n):
                if passive[j]:
                    active[k] = j
                    k += 1
            if k == 0:
                break
            solve_subset(h, b, active, z, k)
            alpha = 1.0
            worst = -1
            for p in range(k):
                if z[p] <= 0.0:
                    j = active[p]
                    a = y[j] / (y[j] - z[p]) if y[j] > 0 else 0.0
                    if a < alpha:
                        alpha = a
                        worst = j
            for p in range(k):
                j = active[p]
                y[j] += alpha * (z[p] - y[j])
            if worst < 0:
                break
            y[worst] = 0.0
            passive[worst] = False
            for p in range(k):
                j = active[p]
                if y[j] <= 1e-14:
                    y[j] = 0.0
                    passive[j] = False
        best = 1e-8
        chosen = -1
        for j in range(n):
            if not passive[j]:
                s = b[j]
                for q in range(n):
                    s -= h[j, q] * y[q]
                if s > best:
                    best = s
                    chosen = j
        if chosen < 0:
            break
        passive[chosen] = True
    return y


@compiled
def fit_weights(atoms, m, start, tolerance):
    """CNM. atoms (J, n). m (n,) multiplicities. Returns w, loglik, gap, rounds."""
    J, n = atoms.shape
    w = start.copy()
    total = m.sum()
    f = np.empty(n)
    trial = np.empty(n)
    u = np.empty(n)
    r = np.empty(n)
    g = np.empty(J)
    mixed(atoms, w, f)
    phi = log_sum(f, m)
    gap = np.inf
    rounds = 0
    for rounds in range(60):
        for i in range(n):
            u[i] = m[i] / f[i] / total
            r[i] = u[i] / f[i]
        for j in range(J):
            g[j] = dot(atoms[j], u)
        gap = (g.max() - 1.0) * total
        if gap <= tolerance:
            break
        # candidates
        cand = np.empty(J, np.int64)
        k = 0
        for j in range(J):
            is_peak = g[j] > 1.0 and (j == 0 or g[j] >= g[j - 1]) and (j == J - 1 or g[j] > g[j + 1])
            if w[j] > 0 or is_peak:
                cand[k] = j
                k += 1
        h = np.zeros((k, k))
        b = np.empty(k)
        s0 = np.empty(k)
        for p in range(k):
            for i in range(n):
                trial[i] = atoms[cand[p], i] * r[i]
            for q in range(p + 1):
                h[p, q] = dot(trial, atoms[cand[q]])
                h[q, p] = h[p, q]
            b[p] = 2 * g[cand[p]] - 1.0
            s0[p] = w[cand[p]]
        y = nnls_gram(h, b, s0)
        tot = y.sum()
        slope = 0.0
        for p in range(k):
            y[p] /= tot
            slope += (y[p] - s0[p]) * g[cand[p]] * total
        step = 1.0
        new = np.zeros(J)
        done = False
        for _ in range(20):
            for p in range(k):
                new[cand[p]] = s0[p] + step * (y[p] - s0[p])
            mixed(atoms, new, trial)
            value = log_sum(trial, m)
            if value >= phi + 0.1 * step * slope:
                done = True
                break
            step *= 0.5
        if not done:
            break
        w[:] = new
        f[:] = trial
        phi = value
    return w, phi, gap, rounds
