"""Writes test/losses/pytorch.json: losses and gradients computed by PyTorch, in float64 by autograd.

    apt-get install python3-torch
    /usr/bin/python3 scripts/losses/pytorch.py
    python3 scripts/losses/check.py       # the same by plain Python and finite differences

The file in the repository is of PyTorch 1.13.0 as Debian 12 has it; "madeBy" in the file says which version wrote it.

Inputs are small multiples of 1/64, which float32 holds exactly and which take few digits; results have nine significant digits.
A case has no name: its head and its options tell what it is.
Heads are shared by cases, which name them by index:

    heads[]     code, features, classes, scale, bias, weights (classes x features, "learned" alone), x (rows x features)
    losses[]    labels or targets (rows x classes), options of lossAndGradient, loss and gradient; with the reduction "none" the
                loss is one value a row and the gradients are those of the sum. Where no row counts the mean is NaN: null here
    scores[]    method (logSumExp or energy), its options, values (one a row), and the gradient of their sum

The cross-entropy is torch.nn.functional.cross_entropy with `weight`, `ignore_index` and `label_smoothing`. Two things it does not
have: weights v of rows multiply the row's loss, and the mean divides by the sum of v_r * w_{y_r} (of v_r where targets are soft);
and margins, which change the label's cosine: cos(theta + angularMargin) - margin, and beyond theta = pi - angularMargin the
line cos(theta) - angularMargin * sin(angularMargin) - margin, as implementations of ArcFace do.
"""

import itertools
import json
import math
import pathlib
import random

import torch
from torch.nn import functional

OUT = pathlib.Path(__file__).parents[2] / "test/losses/pytorch.json"
EPSILON = 1e-8
GRADIENTS = ("features", "scale", "bias", "weights")

torch.set_default_dtype(torch.float64)
rng = random.Random(2018)


def dyadic(count, low, high, parts=16):
    """Random multiples of a power of two, 1 / parts."""
    return [rng.randint(round(parts * low), round(parts * high)) / parts for _ in range(count)]


def entry(i, j):
    """Of the Sylvester matrix."""
    return -1.0 if bin(i & j).count("1") % 2 else 1.0


def class_vectors(code, features, classes):
    """As docs/codes.md has them, for widths that are a power of two."""
    if code == "sylvester":
        return [[-entry(c, i) for i in range(features)] for c in range(classes)]
    ring = features - 1  # Rows 1 to N - 1, then the same with a minus sign.
    assert classes <= 2 * ring
    unit = 1 / math.sqrt(features)
    return [[(unit if c < ring else -unit) * entry(c % ring + 1, i) for i in range(features)] for c in range(classes)]


def make_head(code, features, classes, scale, labels):
    """A head and a batch, and the labels that the batch is made for."""
    rows = len(labels)
    head = dict(code=code, features=features, classes=classes, scale=scale, bias=dyadic(classes, -1, 1))
    x = [dyadic(features, -2, 2) for _ in range(rows)]
    if code == "learned":
        head["weights"] = dyadic(classes * features, -1, 1)
    elif code == "hadamard":
        # The first row is nearly opposite to its label, where angular margins have their guard; the last one is near it.
        for r, toward in ((0, -1), (rows - 1, 1)):
            label = class_vectors(code, features, classes)[labels[r]]
            x[r] = [toward * math.copysign(1.5, v) + d for v, d in zip(label, dyadic(features, -0.375, 0.375))]
    head["x"] = sum(x, [])
    return head, labels


# Row 1 may be ignored, row 2 and the class of the last row may have the weight 0: row 0 always counts.
HEADS = [
    make_head("hadamard", 4, 3, 4, [1, 0, 2, 1, 0]),
    make_head("hadamard", 8, 5, 6.5, [1, 3, 0, 2]),
    make_head("hadamard", 16, 7, 10, [1, 3, 5]),
    make_head("hadamard", 8, 10, 5, [8, 3, 0, 5]),
    make_head("sylvester", 8, 6, 1.25, [1, 3, 5, 0]),
    make_head("learned", 6, 4, 1, [1, 3, 1, 3]),
]
NORMALISED = [i for i, (head, _) in enumerate(HEADS) if head["code"] == "hadamard"]


def leaves(head):
    """The tensors that gradients are taken by."""
    shape = (-1, head["features"])
    tensors = dict(
        features=torch.tensor(head["x"]).reshape(shape), scale=torch.tensor(float(head["scale"])), bias=torch.tensor(head["bias"])
    )
    if "weights" in head:
        tensors["weights"] = torch.tensor(head["weights"]).reshape(shape)
    return {name: tensor.requires_grad_() for name, tensor in tensors.items()}


def logits(head, tensors, normalised=True, labels=None, margin=0.0, angular=0.0):
    x, s, b = tensors["features"], tensors["scale"], tensors["bias"]
    if head["code"] == "learned":
        return x @ tensors["weights"].T + b
    if normalised:
        x = x / (x.norm(dim=1, keepdim=True) + EPSILON)
    cosines = x @ torch.tensor(class_vectors(head["code"], head["features"], head["classes"])).T
    if margin or angular:
        classes = torch.arange(head["classes"])
        cosines = torch.where(labels[:, None] == classes, with_margins(cosines, margin, angular), cosines)
    return s * cosines + b


def with_margins(cosine, margin, angular):
    if angular:
        beyond = cosine < -math.cos(angular)
        cosine = torch.where(beyond, cosine - angular * math.sin(angular), torch.cos(torch.acos(cosine) + angular))
    return cosine - margin


def loss_of(z, labels, targets, options):
    """The loss that is returned, and the one whose gradients are."""
    smoothing = options.get("labelSmoothing", 0.0)
    reduction = options["reduction"]
    weight = torch.tensor(options["classWeights"]) if "classWeights" in options else None
    ignored = options.get("ignoreIndex", -100)
    target = labels if targets is None else targets

    def entropy(how):
        given = dict(ignore_index=ignored) if targets is None else {}
        return functional.cross_entropy(z, target, weight=weight, label_smoothing=smoothing, reduction=how, **given)

    if "sampleWeights" not in options:
        loss = entropy(reduction)
        return loss, loss.sum()
    v = torch.tensor(options["sampleWeights"])
    each = v * entropy("none")
    if reduction == "none":
        return each, each.sum()
    loss = each.sum()
    if reduction == "mean":
        divisor = v
        if targets is None:
            counts = labels != ignored
            of_label = torch.ones(len(v)) if weight is None else weight[torch.where(counts, labels, 0)]
            divisor = v * of_label * counts
        loss = loss / divisor.sum()
    return loss, loss


def gradients(tensors, head):
    found = {name: tensor.grad for name, tensor in tensors.items()}
    if head["code"] == "learned":
        del found["scale"]
    return {name: found[name].reshape(-1).tolist() if found[name].dim() else found[name].item() for name in found}


def loss_case(index, labels, targets, options):
    head = HEADS[index][0]
    tensors = leaves(head)
    y = None if labels is None else torch.tensor(labels)
    margins = dict(labels=y, margin=options.get("margin", 0.0), angular=options.get("angularMargin", 0.0))
    z = logits(head, tensors, **margins)
    t = None if targets is None else torch.tensor(targets).reshape(z.shape)
    loss, scalar = loss_of(z, y, t, options)
    scalar.backward()
    nothing = torch.isnan(scalar).item()
    return dict(
        head=index,
        **(dict(labels=labels) if targets is None else dict(targets=targets)),
        options=options,
        loss=None if nothing else loss.tolist(),
        gradient=None if nothing else gradients(tensors, head),
    )


def score_case(index, method, options):
    head = HEADS[index][0]
    tensors = leaves(head)
    t = options.get("temperature", 1.0)
    z = logits(head, tensors, options.get("normalised", True))
    values = torch.logsumexp(z / t, dim=1)
    if method == "energy":
        values = -t * values
    values.sum().backward()
    return dict(
        head=index,
        method=method,
        options=options,
        values=values.tolist(),
        gradient=gradients(tensors, head),
    )


SMOOTHINGS = (0.0, 0.1, 0.3)
CLASS_WEIGHTS = ("none", "positive", "zero")
SAMPLE_WEIGHTS = (False, True)
REDUCTIONS = ("mean", "sum", "none")
MARGINS = (
    ({},),
    ({"margin": 0.35}, {"margin": 0.125}),
    ({"angularMargin": 0.5}, {"angularMargin": 0.25}),
    ({"margin": 0.2, "angularMargin": 0.3}, {"margin": 0.0625, "angularMargin": 0.5}),
)


class Round:
    """Takes all of a list in random order, again and again."""

    def __init__(self, values):
        self.values, self.left = list(values), []

    def next(self):
        if not self.left:
            self.left = rng.sample(self.values, len(self.values))
        return self.left.pop()


def options_of(index, smoothing, weights, sampled, reduction):
    head, labels = HEADS[index]
    options = {}
    if smoothing:
        options["labelSmoothing"] = smoothing
    if weights != "none":
        values = dyadic(head["classes"], 0.25, 2, 8)
        if weights == "zero":
            values[labels[-1]] = 0.0
        options["classWeights"] = values
    if sampled:
        values = dyadic(len(labels), 0.25, 2, 8)
        values[2] = 0.0
        options["sampleWeights"] = values
    options["reduction"] = reduction
    return options


def make_targets(index, whole):
    """A distribution a row, in multiples of 1/16; the first row has one class alone. Or rows that sum to something else."""
    head, labels = HEADS[index]
    classes = head["classes"]
    rows = [[float(c == labels[0]) for c in range(classes)]]
    for _ in labels[1:]:
        cuts = sorted(rng.sample(range(1, 16), classes - 1))
        rows.append([(b - a) / 16 for a, b in zip([0, *cuts], [*cuts, 16])])
    if not whole:
        rows = [[v * factor for v in row] for row, factor in zip(rows, (0.5, 2, 1, 1.5, 0.75))]
    return sum(rows, [])


def all_losses():
    # The widest head takes the most room: it comes half as often as the others.
    narrow = [i for i, (head, _) in enumerate(HEADS) if head["features"] < 16]
    every = Round([*range(len(HEADS)), *narrow])
    normalised = Round([*NORMALISED, *(i for i in narrow if i in NORMALISED)])
    ignored, which = Round((-100, 255, "class")), Round((0, 1))
    for margins, ignoring, *common in itertools.product(
        MARGINS, (False, True), SMOOTHINGS, CLASS_WEIGHTS, SAMPLE_WEIGHTS, REDUCTIONS
    ):
        margin = margins[which.next() % len(margins)]
        index = (normalised if margin else every).next()
        options = {**options_of(index, *common), **margin}
        labels = list(HEADS[index][1])
        if ignoring:
            value = ignored.next()
            if value == "class":
                value = labels[1]
            labels[1] = value
            options["ignoreIndex"] = value
        yield loss_case(index, labels, None, options)
    for whole, *common in itertools.product((True, False), SMOOTHINGS, CLASS_WEIGHTS, SAMPLE_WEIGHTS, REDUCTIONS):
        index = every.next()
        yield loss_case(index, None, make_targets(index, whole), options_of(index, *common))
    for index, smoothing in itertools.product(range(len(HEADS)), SMOOTHINGS):
        yield loss_case(index, HEADS[index][1], None, options_of(index, smoothing, "none", False, "mean"))
    for smoothing, reduction in itertools.product((0.0, 0.1), REDUCTIONS):
        options = {**options_of(0, smoothing, "positive", False, reduction), "ignoreIndex": -100}
        yield loss_case(0, [-100] * len(HEADS[0][1]), None, options)


def all_scores():
    for index, (head, _) in enumerate(HEADS):
        for normalised in ({},) if head["code"] == "learned" else ({"normalised": True}, {"normalised": False}):
            yield score_case(index, "logSumExp", normalised)
            for temperature in (0.5, 2.0):
                yield score_case(index, "energy", {"temperature": temperature, **normalised})


def nine_digits(value):
    """Values ready for JSON: floats become numbers of nine digits, whole ones without a point."""
    if isinstance(value, dict):
        return {name: nine_digits(of) for name, of in value.items()}
    if isinstance(value, (list, tuple)):
        return [nine_digits(of) for of in value]
    if isinstance(value, float):
        rounded = float(f"{value:.9g}")
        return int(rounded) if rounded == int(rounded) else rounded
    return value


def check_coverage(losses):
    """Every head has met every value of every option that it can have."""
    for index, (head, _) in enumerate(HEADS):
        mine = [case["options"] for case in losses if case["head"] == index]
        for name in ("labelSmoothing", "classWeights", "sampleWeights", "ignoreIndex"):
            assert {name in options for options in mine} == {True, False}, (index, name)
        assert {options["reduction"] for options in mine} == set(REDUCTIONS), index
        if index in NORMALISED:
            kinds = {("margin" in options, "angularMargin" in options) for options in mine}
            assert len(kinds) == 4, (index, kinds)


losses, scores = list(all_losses()), list(all_scores())
check_coverage(losses)


def lines(values):
    return "[\n" + ",\n".join(json.dumps(nine_digits(of), separators=(",", ":")) for of in values) + "\n]"


made_by = f"scripts/losses/pytorch.py with PyTorch {torch.__version__}, float64"
OUT.write_text(
    f'{{"madeBy":{json.dumps(made_by)},\n"heads":{lines([head for head, _ in HEADS])},\n'
    f'"losses":{lines(losses)},\n"scores":{lines(scores)}}}\n'
)
print(f"{len(losses)} losses and {len(scores)} scores, {OUT.stat().st_size} bytes, PyTorch {torch.__version__}")
