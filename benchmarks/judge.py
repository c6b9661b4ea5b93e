"""The judge of the quality figures: what gradient boosting learns from synthetic rows.

The definitions are METRICS' own, written down once more and as plainly as possible, so that the
product's metrics are not measured by themselves.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

Floats = npt.NDArray[np.float64]


def judge(
    real_test: pd.DataFrame,
    synthetic: pd.DataFrame,
    *,
    sensitive: str,
    target: str,
    positive: str,
    seed: int = 0,
) -> dict[str, float]:
    """Train gradient boosting on synthetic rows, with s as a feature; test it on real rows.

    Args:
        real_test: held-out real rows.
        synthetic: synthetic rows of the same columns.
        sensitive: name of a column of categories.
        target: name of the label.
        positive: its favourable value.
        seed: of the classifier.

    Returns:
        auroc; dp (largest gap of the groups' positive rates at .5); any (largest
        Kolmogorov-Smirnov distance of the groups' scores); ftu (largest gap of mean decisions over
        the same rows with s set to one group and to another); gap (dp of the table itself).
    """
    features = [name for name in real_test.columns if name != target]
    spelled = spellings(real_test, synthetic)
    model = HistGradientBoostingClassifier(random_state=seed).fit(
        numbers(synthetic[features], spelled), synthetic[target] == positive
    )
    values = numbers(real_test[features], spelled)
    scores = model.predict_proba(values)[:, 1]
    groups = real_test[sensitive].to_numpy()
    names = list(dict.fromkeys(groups))
    rates = [(scores[groups == g] >= 0.5).mean() for g in names]
    distances = [
        ks_2samp(scores[groups == a], scores[groups == b]).statistic
        for a, b in combinations(names, 2)
    ]
    place, decided = features.index(sensitive), []
    for name in names:
        changed = values.copy()
        changed[:, place] = spelled[sensitive].index(name)
        decided.append((model.predict_proba(changed)[:, 1] >= 0.5).mean())
    labels = (synthetic[target] == positive).to_numpy()
    own = [labels[(synthetic[sensitive] == g).to_numpy()].mean() for g in names]
    return {
        "auroc": float(roc_auc_score(real_test[target] == positive, scores)),
        "dp": float(max(rates) - min(rates)),
        "any": float(max(distances)),
        "ftu": float(max(decided) - min(decided)),
        "gap": float(max(own) - min(own)),
    }


def marginal_distance(real: pd.DataFrame, synthetic: pd.DataFrame, n_bins: int = 20) -> float:
    """Mean over columns of the total variation of the marginals; numbers in real quantile bins."""
    distances = []
    for name in real.columns:
        if pd.api.types.is_numeric_dtype(real[name]):
            known = real[name].dropna().to_numpy(dtype=np.float64)
            cuts = np.unique(np.quantile(known, np.arange(1, n_bins) / n_bins))
            cells = [
                pd.Series(np.searchsorted(cuts, part[name].to_numpy(np.float64, na_value=np.nan)))
                for part in (real, synthetic)
            ]
        else:
            cells = [part[name].fillna("") for part in (real, synthetic)]
        shares = [part.value_counts(normalize=True) for part in cells]
        distances.append(float(shares[0].sub(shares[1], fill_value=0.0).abs().sum()) / 2)
    return float(np.mean(distances))


def detector_auroc(real: pd.DataFrame, synthetic: pd.DataFrame, seed: int = 0) -> float:
    """Cross-validated AUROC of gradient boosting that tells synthetic rows from real ones."""
    spelled = spellings(real, synthetic)
    values = np.concatenate([numbers(real, spelled), numbers(synthetic, spelled)])
    is_synthetic = np.repeat([False, True], [len(real), len(synthetic)])
    order = np.random.default_rng(seed).permutation(len(values))
    scores = cross_val_predict(
        HistGradientBoostingClassifier(random_state=seed),
        values[order],
        is_synthetic[order],
        cv=3,
        method="predict_proba",
    )[:, 1]
    return float(roc_auc_score(is_synthetic[order], scores))


def spellings(*tables: pd.DataFrame) -> dict[str, list[str]]:
    """The spellings of each column that is no number, sorted."""
    first = tables[0]
    return {
        name: sorted({str(v) for table in tables for v in table[name].dropna().unique()})
        for name in first.columns
        if not pd.api.types.is_numeric_dtype(first[name])
    }


def numbers(frame: pd.DataFrame, spelled: dict[str, list[str]]) -> Floats:
    """Rows as float64: spellings by their place in the sorted list, NaN where missing."""
    columns = []
    for name in frame.columns:
        if name in spelled:
            codes = pd.Categorical(frame[name], categories=spelled[name]).codes
            columns.append(np.where(codes < 0, np.nan, codes))
        else:
            columns.append(frame[name].to_numpy(dtype=np.float64, na_value=np.nan))
    return np.column_stack(columns)
