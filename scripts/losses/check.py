"""Checks test/losses/pytorch.json without PyTorch: losses by their definitions in plain Python, gradients by finite differences.

    python3 scripts/losses/check.py       # all cases, seconds

It shares no code with pytorch.py, and says things in another way where there is one: rows of the Hadamard matrix by doubling, margins by
the addition theorem, the loss by its sum over classes.
"""

import json
import math
import pathlib

FILE = pathlib.Path(__file__).parents[2] / "test/losses/pytorch.json"
STEP = 1e-5
# Nine digits are kept; a central difference of a float64 loss leaves about as many.
TOLERANCE = 2e-8


def sylvester(order):
    rows = [[1]]
    while len(rows) < order:
        rows = [row + row for row in rows] + [row + [-v for v in row] for row in rows]
    return rows


def class_vectors(head):
    if head["code"] == "learned":
        width = head["features"]
        return [head["weights"][k : k + width] for k in range(0, len(head["weights"]), width)]
    rows = sylvester(head["features"])
    if head["code"] == "sylvester":
        vectors = [[-v for v in row] for row in rows]
    else:
        unit = len(rows) ** -0.5
        vectors = [[sign * unit * v for v in row] for sign in (1, -1) for row in rows[1:]]
    return vectors[: head["classes"]]


def cosines(head, normalised):
    """Of every row with every class; products where rows or vectors are not normalised."""
    width, vectors = head["features"], class_vectors(head)
    for k in range(0, len(head["x"]), width):
        row = head["x"][k : k + width]
        norm = math.hypot(*row) + 1e-8 if normalised and head["code"] != "learned" else 1
        yield [sum(a * b for a, b in zip(row, vector)) / norm for vector in vectors]


def logits(head, cosines_of_row):
    return [head["scale"] * cosine + b for cosine, b in zip(cosines_of_row, head["bias"])]


def with_margins(cosine, m, lower):
    """The cosine of a label, and whether it is beyond the guard."""
    if m == 0:
        return cosine - lower, False
    if math.acos(cosine) > math.pi - m:
        return cosine - m * math.sin(m) - lower, True
    return cosine * math.cos(m) - math.sqrt(1 - cosine * cosine) * math.sin(m) - lower, False


def log_sum_exp(z):
    top = max(z)
    return top + math.log(sum(math.exp(v - top) for v in z))


def losses(case, head, seen=None):
    """One loss a row, and what the mean divides by."""
    options, classes = case["options"], head["classes"]
    smoothing = options.get("labelSmoothing", 0)
    w = options.get("classWeights", [1] * classes)
    each, divisor = [], 0
    for r, row in enumerate(cosines(head, True)):
        v = options["sampleWeights"][r] if "sampleWeights" in options else 1
        if "targets" in case:
            q = case["targets"][r * classes : (r + 1) * classes]
            divisor += v
        else:
            label = case["labels"][r]
            if label == options.get("ignoreIndex"):
                each.append(0)
                continue
            q = [float(c == label) for c in range(classes)]
            divisor += v * w[label]
            row[label], guarded = with_margins(row[label], options.get("angularMargin", 0), options.get("margin", 0))
            if seen is not None and "angularMargin" in options:
                seen[guarded] += 1
        z = logits(head, row)
        top = log_sum_exp(z)
        each.append(-v * sum(w[c] * ((1 - smoothing) * q[c] + smoothing / classes) * (z[c] - top) for c in range(classes)))
    return each, divisor


def loss_of(case, head):
    """The number whose gradients are in the file."""
    each, divisor = losses(case, head)
    return sum(each) / divisor if case["options"]["reduction"] == "mean" else sum(each)


def scores(case, head):
    t = case["options"].get("temperature", 1)
    sign = {"logSumExp": 1, "energy": -1}[case["method"]]
    rows = cosines(head, case["options"].get("normalised", True))
    return [sign * t * log_sum_exp([z / t for z in logits(head, row)]) for row in rows]


def near(what, actual, expected, floor=1.0):
    largest = max(floor, *(abs(v) for v in expected))
    error = max(abs(a - b) for a, b in zip(actual, expected)) / largest
    assert len(actual) == len(expected) and error < TOLERANCE, (what, error)
    return error


def slopes(value, head, name):
    """Central differences by every element of a head, two of them to cancel the term of second order."""
    array = {"features": "x"}.get(name, name)
    values = head[array] if isinstance(head[array], list) else [head[array]]

    def moved(i, by):
        changed = [v + by if k == i else v for k, v in enumerate(values)]
        return value({**head, array: changed if isinstance(head[array], list) else changed[0]})

    def slope(i, h):
        return (moved(i, h) - moved(i, -h)) / (2 * h)

    return [(4 * slope(i, 16 * STEP) - slope(i, 32 * STEP)) / 3 for i in range(len(values))]


def check_gradient(what, case, head, value):
    expected_names = {"features", "bias", "weights" if head["code"] == "learned" else "scale"}
    assert set(case["gradient"]) == expected_names, what
    worst = 0.0
    for name, gradient in case["gradient"].items():
        expected = gradient if isinstance(gradient, list) else [gradient]
        worst = max(worst, near((what, name), slopes(value, head, name), expected))
    return worst


fixture = json.loads(FILE.read_text())
worst_value = worst_slope = 0.0
without_gradient = 0
guarded = {False: 0, True: 0}
for number, case in enumerate(fixture["losses"]):
    head = fixture["heads"][case["head"]]
    what = (number, case["options"])
    each, divisor = losses(case, head, guarded)
    reduction = case["options"]["reduction"]
    if case["loss"] is None:
        assert reduction == "mean" and divisor == 0 and case["gradient"] is None, what
        without_gradient += 1
        continue
    value = [loss_of(case, head)] if reduction != "none" else each
    worst_value = max(worst_value, near(what, value, [case["loss"]] if reduction != "none" else case["loss"]))
    worst_slope = max(worst_slope, check_gradient(what, case, head, lambda changed: loss_of(case, changed)))
for number, case in enumerate(fixture["scores"]):
    head = fixture["heads"][case["head"]]
    what = (number, case["method"], case["options"])
    worst_value = max(worst_value, near(what, scores(case, head), case["values"]))
    worst_slope = max(worst_slope, check_gradient(what, case, head, lambda changed: sum(scores(case, changed))))

assert guarded[True] > 50 and guarded[False] > 50, guarded
print(
    f"{len(fixture['losses'])} losses ({without_gradient} NaN), {len(fixture['scores'])} scores; {guarded[True]} labels beyond the guard, "
    f"{guarded[False]} not; errors relative to the largest value or 1: values {worst_value:.1e}, differences {worst_slope:.1e}"
)
