#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The polynomials of include/deepseek/arch/cpu/math_*.hpp, made from scratch. Needs mpmath.

Each entry asks for the coefficients c of  p(x) = sum c[j] x^power[j]  that make the largest
|weight(x) * (p(x) - f(x))|  on an interval smallest (Remez' exchange). The coefficients are then
rounded to float or double one after the other, lowest power first, and those that are left are
fitted again each time, so the rounding costs little. Prints C++ constants and log2 of the error.

  python3 tools/minimax.py [name ...]
"""
import sys
from mpmath import mp, mpf

mp.dps = 60


def solve(points, f, w, powers):
    """The c and the levelled error e with  p(x_i) - f(x_i) = (-1)^i e / w(x_i)."""
    n = len(points)
    a = mp.matrix(n, n)
    b = mp.matrix(n, 1)
    for i, x in enumerate(points):
        for j, power in enumerate(powers):
            a[i, j] = x ** power
        a[i, n - 1] = (-1) ** i / w(x)
        b[i] = f(x)
    c = mp.lu_solve(a, b)
    return [c[j] for j in range(n - 1)], abs(c[n - 1])


def remez(f, w, lo, hi, powers, steps=30, grid=800):
    n = len(powers) + 1
    middle, half = (lo + hi) / 2, (hi - lo) / 2
    points = [middle - half * mp.cos(mp.pi * (i + mpf(47) / 100) / n) for i in range(n)]
    # Chebyshev-spaced samples; none falls on 0, where quotients such as (e^x - 1) / x need a limit.
    xs = [middle - half * mp.cos(mp.pi * (i + mpf(1) / 3) / grid) for i in range(grid)]
    fs, ws = [f(x) for x in xs], [w(x) for x in xs]
    worst = None
    for _ in range(steps):
        c, level = solve(points, f, w, powers)
        errors = [ws[i] * (mp.fsum(cj * xs[i] ** p for cj, p in zip(c, powers)) - fs[i])
                  for i in range(grid)]
        worst = max(abs(e) for e in errors)
        if worst <= level * mpf('1.002'):
            break
        # One extremum for each run of one sign; the n neighbouring ones with the largest ends.
        runs, start = [], 0
        for i in range(1, grid + 1):
            if i == grid or (errors[i] > 0) != (errors[start] > 0):
                runs.append(max(range(start, i), key=lambda k: abs(errors[k])))
                start = i
        while len(runs) > n:
            if abs(errors[runs[0]]) < abs(errors[runs[-1]]):
                runs.pop(0)
            else:
                runs.pop()
        if len(runs) < n:
            break
        points = [xs[k] for k in runs]
    return c, worst


def rounded(value, bits):
    if value == 0:
        return mpf(0)
    m, e = mp.frexp(value)
    scaled = mp.ldexp(m, bits)
    return mp.ldexp(mp.nint(scaled), e - bits)


def fit(f, w, lo, hi, powers, bits):
    """Coefficients rounded to `bits`, and the error that is left: the better of rounding them all at
    once and rounding one by one with a new fit of the rest."""
    lo, hi = mpf(lo), mpf(hi)

    def error_of(fixed):
        error = lambda x: w(x) * (mp.fsum(c * x ** p for c, p in fixed) - f(x))
        return max(abs(error(lo + (hi - lo) * (i + mpf("0.31")) / 1000)) for i in range(1000))

    at_once, _ = remez(f, w, lo, hi, list(powers))
    at_once = [(rounded(c, bits), p) for c, p in zip(at_once, powers)]
    left, fixed = list(powers), []
    while left:
        rest = lambda x: f(x) - mp.fsum(c * x ** p for c, p in fixed)
        c, _ = remez(rest, w, lo, hi, left, steps=12, grid=400)
        fixed.append((rounded(c[0], bits), left.pop(0)))
    error, best = min((error_of(c), c) for c in (at_once, fixed))
    return [c for c, _ in best], error


def hexadecimal(value, bits):
    digits = (bits + 2) // 4
    if value == 0:
        return '0'
    sign = '-' if value < 0 else ''
    m, e = mp.frexp(abs(value))
    integer = int(mp.ldexp(m, 1 + 4 * digits))  # 1.hhh
    text = format(integer - (1 << (4 * digits)), '0%dx' % digits).rstrip('0')
    return '%s0x1%sp%d%s' % (sign, '.' + text if text else '', e - 1, 'f' if bits == 24 else '')


LN2 = mp.log(2)
FLOAT, DOUBLE = 24, 53


def one(x):
    return mpf(1)


def split(value, *bits):
    """value as a sum: each part rounded to its bits, what remains goes on."""
    parts = []
    for b in bits:
        parts.append(rounded(value, b))
        value -= parts[-1]
    return parts


TABLE = {
    # e^r = 1 + r + r^2 p(r),  |r| <= ln(2) / 2
    'exp_float': lambda: fit(lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: r ** 2 / mp.exp(r),
                             -LN2 / 2 * mpf('1.01'), LN2 / 2 * mpf('1.01'), range(5), FLOAT),
    # e^r - 1 = r + r^2 p(r), relative to e^r - 1
    'expm1_float': lambda: fit(lambda r: (mp.expm1(r) - r) / r ** 2,
                               lambda r: r ** 2 / abs(mp.expm1(r)),
                               -LN2 / 2 * mpf('1.01'), LN2 / 2 * mpf('1.01'), range(5), FLOAT),
    # 2^r = 1 + r p(r),  |r| <= 1/2
    'exp2_float': lambda: fit(lambda r: (mpf(2) ** r - 1) / r, lambda r: r / mpf(2) ** r,
                              mpf('-0.501'), mpf('0.501'), range(6), FLOAT),
    # log(1 + f) = f + f^2 p(f),  -1/4 <= f <= 1/2
    'log_float': lambda: fit(lambda f: (mp.log1p(f) - f) / f ** 2,
                             lambda f: f ** 2 / abs(mp.log1p(f)),
                             mpf('-0.25'), mpf('0.5'), range(9), FLOAT),
    # log2(1 + f) = s p(s^2) with s = f / (2 + f), in double, for pow; in t = s^2
    'log2_for_pow': lambda: fit(lambda t: 2 * mp.atanh(mp.sqrt(t)) / mp.sqrt(t) / LN2,
                                lambda t: mp.sqrt(t) * LN2 / (2 * mp.atanh(mp.sqrt(t))),
                                mpf(0), mpf('0.0401'), range(5), DOUBLE),
    # erf(x) = x + x p(x^2) in s = x^2,  x^2 <= 1
    'erf_small_float': lambda: fit(lambda s: mp.erf(mp.sqrt(s)) / mp.sqrt(s) - 1,
                                   lambda s: mp.sqrt(s) / mp.erf(mp.sqrt(s)),
                                   mpf(0), mpf('0.8465'), range(6), FLOAT),
    # erf(x) = 1 - 2^(-p(x)),  0.92 <= x <= 3.95
    'erf_large_float': lambda: fit(lambda x: -mp.log(mp.erfc(x), 2),
                                   lambda x: LN2 * mp.erfc(x) / mp.erf(x),
                                   mpf('0.915'), mpf('3.95'), range(7), FLOAT),
    # tanh(x) = x + x^3 p(x^2) in s = x^2,  |x| <= 0.65
    'tanh_float': lambda: fit(lambda s: (mp.tanh(mp.sqrt(s)) / mp.sqrt(s) - 1) / s,
                              lambda s: s * mp.sqrt(s) / mp.tanh(mp.sqrt(s)),
                              mpf(0), mpf('0.424'), range(5), FLOAT),
    'tanh_double': lambda: fit(lambda s: (mp.tanh(mp.sqrt(s)) / mp.sqrt(s) - 1) / s,
                               lambda s: s * mp.sqrt(s) / mp.tanh(mp.sqrt(s)),
                               mpf(0), mpf('0.424'), range(11), DOUBLE),
    # sin(r) = r + r^3 p(r^2) and cos(r) = 1 - r^2/2 + r^4 p(r^2) in s = r^2,  |r| <= pi/4
    'sin_float': lambda: fit(lambda s: (mp.sin(mp.sqrt(s)) / mp.sqrt(s) - 1) / s,
                             lambda s: s * mp.sqrt(s) / mp.sin(mp.sqrt(s)),
                             mpf(0), (mp.pi / 4 * mpf('1.001')) ** 2, range(3), FLOAT),
    'cos_float': lambda: fit(lambda s: (mp.cos(mp.sqrt(s)) - 1 + s / 2) / s ** 2,
                             lambda s: s ** 2 / mp.cos(mp.sqrt(s)),
                             mpf(0), (mp.pi / 4 * mpf('1.001')) ** 2, range(3), FLOAT),
    'exp_double': lambda: fit(lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: r ** 2 / mp.exp(r),
                              -LN2 / 2 * mpf('1.01'), LN2 / 2 * mpf('1.01'), range(11), DOUBLE),
    'expm1_double': lambda: fit(lambda r: (mp.expm1(r) - r) / r ** 2,
                                lambda r: r ** 2 / abs(mp.expm1(r)),
                                -LN2 / 2 * mpf('1.01'), LN2 / 2 * mpf('1.01'), range(11), DOUBLE),
    # log(1 + f) = 2 s + s^3 p(s^2) with s = f / (2 + f); in t = s^2;  -1/4 <= f <= 1/2
    'log_double': lambda: fit(lambda t: (2 * mp.atanh(mp.sqrt(t)) / mp.sqrt(t) - 2) / t,
                              lambda t: t * mp.sqrt(t) / (2 * mp.atanh(mp.sqrt(t))),
                              mpf(0), mpf('0.0401'), range(7), DOUBLE),
    'sin_double': lambda: fit(lambda s: (mp.sin(mp.sqrt(s)) / mp.sqrt(s) - 1) / s,
                              lambda s: s * mp.sqrt(s) / mp.sin(mp.sqrt(s)),
                              mpf(0), (mp.pi / 4 * mpf('1.001')) ** 2, range(6), DOUBLE),
    'cos_double': lambda: fit(lambda s: (mp.cos(mp.sqrt(s)) - 1 + s / 2) / s ** 2,
                              lambda s: s ** 2 / mp.cos(mp.sqrt(s)),
                              mpf(0), (mp.pi / 4 * mpf('1.001')) ** 2, range(6), DOUBLE),
}

# Constants that are split so that a product with a small integer is exact.
CONSTANTS = {
    'log2e_float': (split(1 / LN2, 24), FLOAT),
    'ln2_float': (split(LN2, 15, 24), FLOAT),
    'two_over_pi_float': (split(2 / mp.pi, 24), FLOAT),
    'half_pi_float': (split(mp.pi / 2, 24, 24, 24), FLOAT),
    'log2e_double': (split(1 / LN2, 53), DOUBLE),
    # Both parts positive: with an infinite factor their sum must not be infinity - infinity.
    'ln2_double': ([mpf(int(LN2 * 2 ** 41)) / 2 ** 41,
                    rounded(LN2 - mpf(int(LN2 * 2 ** 41)) / 2 ** 41, 53)], DOUBLE),
    'two_over_pi_double': (split(2 / mp.pi, 53), DOUBLE),
    'half_pi_double': (split(mp.pi / 2, 53, 53, 53), DOUBLE),
    'half_pi_short_double': (split(mp.pi / 2, 33, 33, 53), DOUBLE),
}


def main(names):
    for name, (parts, bits) in CONSTANTS.items():
        if not names or name in names:
            print('%-22s %s' % (name, ', '.join(hexadecimal(p, bits) for p in parts)))
    for name, make in TABLE.items():
        if names and name not in names:
            continue
        coefficients, error = make()
        bits = FLOAT if 'float' in name else DOUBLE
        print('%s  (error 2^%.1f)' % (name, float(mp.log(error, 2))))
        for c in coefficients:
            print('  %s,' % hexadecimal(c, bits))


if __name__ == '__main__':
    main(sys.argv[1:])
