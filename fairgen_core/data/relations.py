"""Rules between number columns that hold in every row, so that generated rows keep them too.

Cells of two columns are drawn separately, so pounds would no longer follow from kilograms, shares
would no longer add up to 100, and a stay would end before it began. Two kinds of rules are looked
for in the training rows, and built into the coding where they are found:

* *sums*: a column is a weighted sum of others but for what rounding explains. It follows from them
  on the way back;
* *orders*: a column is never below another one, though a shuffled one would be. It is coded as its
  distance above that one.

A date counts in its column's own steps. All values are float64, NaN where missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fairgen_core.data.cells import NumberCells

Floats = npt.NDArray[np.float64]

MIN_ROWS = 100
"""Fewer rows show no rule."""
_SEARCH_ROWS = 5_000
"""Rows that rules are looked for in, before all rows confirm them."""
_MAX_SOURCES = 30
_ROWS_A_SOURCE = 20
_MAX_ROUNDING = 0.02
"""Of a column's standard deviation: what rounding leaves open of a sum at most."""
_WEIGHT_DIGITS = range(7)
MIN_BROKEN = 10.0
"""Rows that would break an order by chance, where none does."""
MIN_BROKEN_SHARE = 0.003
_SHUFFLES = 4


@dataclass(frozen=True)
class Rule:
    """Column `name` is ``constant + weights . sources + rest``, rounded, within `low`..`high`.

    Attributes:
        has_rest: whether the rest is coded: the distance of an order, or where else a sum is
            missing. Without one it is 0.
    """

    name: str
    sources: tuple[str, ...]
    weights: tuple[float, ...]
    constant: float
    low: float
    high: float
    has_rest: bool

    def rest(self, values: Mapping[str, Floats], cells: NumberCells) -> Floats:
        """What the sources leave of the column; NaN where it is missing."""
        return np.round(values[self.name] - self._sum(values), _digits(cells))

    def apply(
        self, values: Mapping[str, Floats], rest: Floats | None, cells: NumberCells
    ) -> Floats:
        """The column from its sources and the rest; NaN where one of them is missing."""
        found = self._sum(values) if rest is None else self._sum(values) + rest
        return np.clip(cells.settle(found), self.low, self.high)

    def _sum(self, values: Mapping[str, Floats]) -> Floats:
        parts = zip(self.sources, self.weights, strict=True)
        return np.asarray(self.constant + sum(weight * values[name] for name, weight in parts))

    def state(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_state(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `state`."""
        several = {key: tuple(plain[key]) for key in ("sources", "weights")}
        return cls(**{**plain, **several})


def find_rules(values: Mapping[str, Floats], cells: Mapping[str, NumberCells]) -> tuple[Rule, ...]:
    """All rules, in the order in which they must be worked out.

    Args:
        values: the columns to look among, in the table's order.
        cells: theirs, which know how a value is rounded.
    """
    sums = find_sums(values, cells)
    summed = {rule.name for rule in sums}
    return (*find_orders({n: v for n, v in values.items() if n not in summed}, cells), *sums)


def find_sums(values: Mapping[str, Floats], cells: Mapping[str, NumberCells]) -> tuple[Rule, ...]:
    """Columns that are weighted sums of others; arguments and order as in `find_rules`."""
    pool = {n: v for n, v in values.items() if _spread(v) > 0}
    missing = {n: np.isnan(v) for n, v in pool.items()}
    found: list[Rule] = []
    for mask in {m.tobytes(): m for m in missing.values()}.values():
        # A source may be missing only where the column is.
        names = [n for n in pool if not (missing[n] & ~mask).any()]
        own = {n for n in names if np.array_equal(missing[n], mask)}
        for rule in _sums_among({n: pool[n][~mask] for n in names}, own, cells):
            del pool[rule.name]
            explained = np.any([missing[n] for n in rule.sources], axis=0)
            found.append(replace(rule, has_rest=bool((mask & ~explained).any())))
    return tuple(reversed(found))


def _sums_among(
    pool: dict[str, Floats], wanted: set[str], cells: Mapping[str, NumberCells]
) -> list[Rule]:
    """The sums for the columns `wanted`, among rows without missing values.

    A column that is found is no source of those found after it.
    """
    found: list[Rule] = []
    if len(pool) < 2:
        return found
    n_rows = len(next(iter(pool.values())))
    some = np.linspace(0, n_rows - 1, min(n_rows, _SEARCH_ROWS)).round().astype(np.int64)
    pool = {n: v for n, v in pool.items() if _spread(v[some]) > 0}
    # The column with the most values follows from the others: a total from its parts.
    sizes = {n: len(np.unique(v)) for n, v in pool.items()}
    order = sorted(pool, key=lambda n: (sizes[n], list(sizes).index(n)), reverse=True)
    while len(some) >= MIN_ROWS and len(pool) > 1:
        table = np.column_stack([_standard(pool[n][some]) for n in pool])
        # Of each column, what the others together leave open: 1 / diagonal of the inverse.
        products = table.T @ table / len(some) + 1e-9 * np.eye(len(pool))
        left = dict(zip(pool, 1 / np.diag(np.linalg.inv(products)), strict=True))
        open_ = (n for n in order if n in pool and n in wanted and left[n] <= _MAX_ROUNDING**2)
        rules = (_sum_of(name, pool, some, cells) for name in open_)
        rule = next((rule for rule in rules if rule is not None), None)
        if rule is None:
            break
        found.append(rule)
        del pool[rule.name]
    return found


def _sum_of(
    name: str,
    known: Mapping[str, Floats],
    some: npt.NDArray[np.int64],
    cells: Mapping[str, NumberCells],
) -> Rule | None:
    """The rule for one column from as few others as will do, if there is one."""
    others = [n for n in known if n != name]
    table = np.column_stack([_standard(known[n][some]) for n in others])
    wanted = _standard(known[name][some])
    chosen: list[int] = []
    for _ in range(min(_MAX_SOURCES, len(others), len(some) // _ROWS_A_SOURCE)):
        pull = np.abs(table.T @ _rest(table[:, chosen], wanted))
        pull[chosen] = -1.0
        chosen.append(int(pull.argmax()))
        if np.sqrt(np.mean(_rest(table[:, chosen], wanted) ** 2)) <= _MAX_ROUNDING:
            rule = _rounded(name, [others[i] for i in sorted(chosen)], known, some, cells)
            if rule is not None:
                return rule
    return None


def _rounded(
    name: str,
    sources: Sequence[str],
    known: Mapping[str, Floats],
    some: npt.NDArray[np.int64],
    cells: Mapping[str, NumberCells],
) -> Rule | None:
    """The sum with the fewest digits whose errors are none but those of rounding, in every row."""
    target, table = known[name], np.column_stack([known[n] for n in sources])
    middle, scale = table[some].mean(axis=0), table[some].std(axis=0)
    exact = np.linalg.lstsq(
        (table[some] - middle) / scale, target[some] - target[some].mean(), rcond=None
    )[0]
    rules: list[tuple[float, Rule]] = []
    bounds = float(target.min()), float(target.max())
    tiny = 1e-9 * float(np.abs(target).max())
    for digits in _WEIGHT_DIGITS:
        weights = np.round(exact / scale, digits)
        rest = target - table @ weights
        constant = round(float(rest.min() + rest.max()) / 2, _digits(cells[name])) + 0.0
        error = float(np.abs(rest - constant).max())
        steps = sum(abs(w) * _step(cells[n]) for n, w in zip(sources, weights, strict=True))
        open_ = (_step(cells[name]) + steps) / 2
        small = error <= open_ + tiny and open_ <= _MAX_ROUNDING * target.std()
        if weights.all() and (small or error <= tiny):
            plain = tuple(weights.tolist())
            rules.append((error, Rule(name, tuple(sources), plain, constant, *bounds, False)))
    least = min((error for error, _ in rules), default=0.0)
    return next((rule for error, rule in rules if error <= 1.05 * least + tiny), None)


def find_orders(values: Mapping[str, Floats], cells: Mapping[str, NumberCells]) -> tuple[Rule, ...]:
    """Columns that are never below another one; arguments and order as in `find_rules`.

    Of several columns that a column never falls below, its base is the one that leaves the
    smallest spread. Only columns that count alike are likened.
    """
    names = [n for n, v in values.items() if _spread(v) > 0]
    bases: dict[str, str] = {}
    for name in names:
        fits = [
            base
            for base in names
            if base != name
            and not np.isnan(values[base]).any()
            and _alike(cells[base], cells[name])
            and is_order(values[base], values[name])
        ]
        if fits:
            bases[name] = min(fits, key=lambda b: _spread(values[name] - values[b]))
    # A base is worked out before what rests on it; an order cannot run in a circle.
    done: list[str] = []
    while len(done) < len(bases):
        done += [n for n in bases if n not in done and (bases[n] in done or bases[n] not in bases)]
    ends = {n: (float(np.nanmin(values[n])), float(np.nanmax(values[n]))) for n in done}
    return tuple(Rule(n, (bases[n],), (1.0,), 0.0, *ends[n], True) for n in done)


def is_order(base: Floats, column: Floats) -> bool:
    """Whether `column` is nowhere below `base`, and would be if one of them were shuffled."""
    if (column[:_SEARCH_ROWS] < base[:_SEARCH_ROWS]).any():
        return False  # nearly every pair, at the cost of a few rows
    known = ~(np.isnan(base) | np.isnan(column))
    some = np.flatnonzero(known)[:_SEARCH_ROWS]
    low, high = base[some], column[some]
    if len(some) < MIN_ROWS or (high < low).any() or (high == low).all():
        return False
    rng = np.random.default_rng(len(some))
    broken = np.mean([(rng.permutation(high) < low).mean() for _ in range(_SHUFFLES)])
    if broken < MIN_BROKEN_SHARE or broken * known.sum() < MIN_BROKEN:
        return False
    return not (column[known] < base[known]).any()


def _alike(base: NumberCells, column: NumberCells) -> bool:
    """Whether a distance above `base` can be written in `column` without falling below again."""
    dates = [cells.kind == "datetime" for cells in (base, column)]
    return dates[0] == dates[1] and base.unit == column.unit and _digits(base) <= _digits(column)


def _digits(cells: NumberCells) -> int:
    if cells.kind != "decimal":
        return 0
    return 12 if cells.decimals is None else cells.decimals


def _step(cells: NumberCells) -> float:
    return float(10.0 ** -_digits(cells))


def _spread(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.std()) if len(known) else 0.0


def _standard(values: Floats) -> Floats:
    return (values - values.mean()) / values.std()


def _rest(table: Floats, wanted: Floats) -> Floats:
    """What a least-squares sum of the table's columns leaves of `wanted`."""
    if table.shape[1] == 0:
        return wanted
    return wanted - table @ np.linalg.lstsq(table, wanted, rcond=None)[0]
