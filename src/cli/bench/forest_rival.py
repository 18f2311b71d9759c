# scikit-learn's side of `trimwatch bench forest`: one question a line on stdin, one line of figures back.
import io
import sys
import time

import joblib
import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

model = None


def table(path, width):
    """A file of float64 rows whose last column is the answer."""
    rows = np.fromfile(path).reshape(-1, int(width) + 1)
    return np.ascontiguousarray(rows[:, :-1]), rows[:, -1].astype(int)


def forest(seed):
    return RandomForestClassifier(200, max_depth=15, min_samples_split=10, min_samples_leaf=5, max_features="sqrt",
                                  n_jobs=1, random_state=int(seed))


def timed(work):
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def train(path, width, seed):
    global model
    x, y = table(path, width)
    model = forest(seed)
    took = timed(lambda: model.fit(x, y))
    return [took]


def predict(path, width, rows, times):
    x = table(path, width)[0][:int(rows)]
    return [np.median([timed(lambda: model.predict_proba(x)) for _ in range(int(times))])]


def size():
    kept = io.BytesIO()
    joblib.dump(model, kept)
    return [len(kept.getvalue())]


def cross(path, width, folds, seed):
    """AUC and Brier score of probabilities from folds that are named for each row."""
    x, y = table(path, width)
    fold = np.fromfile(folds)
    p = np.zeros(len(y))
    for k in np.unique(fold):
        fitted = forest(seed).fit(x[fold != k], y[fold != k])
        p[fold == k] = fitted.predict_proba(x[fold == k])[:, 1]
    return [roc_auc_score(y, p), brier_score_loss(y, p)]


def isolate(path, width, held_out, seed):
    """AUC of a class that is left out of fitting against the rest."""
    x, y = table(path, width)
    odd = y == int(held_out)
    scores = -IsolationForest(n_estimators=100, max_samples=min(256, int((~odd).sum())), n_jobs=1,
                              random_state=int(seed)).fit(x[~odd]).score_samples(x)
    return [roc_auc_score(odd, scores)]


def write(name, path):
    """A known data set as a file: its width and number of classes."""
    x, y = {"cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}[name](return_X_y=True)
    np.column_stack([x, y]).astype(np.float64).tofile(path)
    return [x.shape[1], len(np.unique(y))]


print("ready", sklearn.__version__, flush=True)
for line in sys.stdin:
    what, *rest = line.rstrip("\n").split("\t")
    answer = {"train": train, "predict": predict, "size": size, "cross": cross, "isolate": isolate, "write": write}[what]
    print(*(float(figure) for figure in answer(*rest)), flush=True)
