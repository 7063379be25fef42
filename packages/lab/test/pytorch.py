"""Writes what PyTorch computes: trunks/pytorch.json and training/optimizers/pytorch.json, beside which the tests put what is computed here.

Values are functions of their index, so that both sides make the same ones. Run with PyTorch 1.13 or newer; where it stands does not matter.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent


def wave(shape, step, phase=0.0, size=1.0):
    count = math.prod(shape)
    return torch.tensor([size * math.sin(step * i + phase) for i in range(count)], dtype=torch.float64).reshape(shape)


def start(parameters):
    """Parameter k starts as a wave of phase k."""
    with torch.no_grad():
        for k, parameter in enumerate(parameters):
            parameter.copy_(wave(parameter.shape, 0.7, k, 0.5))


def flat(tensor):
    return [round(value, 9) for value in tensor.detach().flatten().tolist()]


def convolutional():
    """conv:3,2 to 3 features on 2 × 6 × 5, batch normalisation; two steps forward, the second backward."""
    block = lambda i, o: [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*block(2, 3), *block(3, 2), nn.Flatten(), nn.Linear(2, 3)).double(), (4, 2, 6, 5)


def perceptron():
    """mlp:6,3 with batch normalisation on 4 numbers."""
    return nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3)).double(), (5, 4)


def network(make):
    net, shape = make()
    start(net.parameters())
    net(wave(shape, 0.3))
    features = net(wave(shape, 0.4))
    features.backward(wave(features.shape, 0.9))
    gradients = [flat(parameter.grad) for parameter in net.parameters()]
    running = [flat(value) for name, value in net.named_buffers() if "running" in name]
    net.eval()
    return {
        "features": flat(features),
        "gradients": gradients,
        "running": running,
        "evaluated": flat(net(wave(shape, 0.5))),
    }


class Language(nn.Module):
    """lstm:3 over 5 words."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.lstm = nn.LSTM(3, 3)
        self.linear = nn.Linear(3, 3)

    def forward(self, words, state=None):
        output, state = self.lstm(self.embedding(words), state)
        return self.linear(output), state


def language():
    """Two readings of 4 words of 2 columns, the second going on from the first, without dropout."""
    model = Language().double()
    start(model.parameters())
    words = torch.tensor([(3 * i + i // 3) % 5 for i in range(16)]).reshape(2, 4, 2)
    first, state = model(words[0])
    second, _ = model(words[1], state)
    return {"words": words.flatten().tolist(), "evaluated": flat(first) + flat(second)}


def descend(make, clip=None):
    weights = nn.Parameter(wave((1, 6), 1.0).float())
    bias = nn.Parameter(wave((3,), 1.0).float())
    optimizer = make([{"params": [weights]}, {"params": [bias], "weight_decay": 0}])
    for step in range(5):
        for parameter in (weights, bias):
            values = [math.cos(3 * i + step) for i in range(parameter.numel())]
            parameter.grad = torch.tensor(values).reshape(parameter.shape)
        if clip:
            nn.utils.clip_grad_norm_([weights, bias], clip)
        optimizer.step()
    return {"weights": flat(weights), "bias": flat(bias)}


OPTIMIZERS = {
    "adam": descend(lambda groups: torch.optim.Adam(groups, lr=0.1)),
    "adam, decay 0.5": descend(lambda groups: torch.optim.Adam(groups, lr=0.1, weight_decay=0.5)),
    "adamw": descend(lambda groups: torch.optim.AdamW(groups, lr=0.1)),
    "adamw, decay 0.5": descend(lambda groups: torch.optim.AdamW(groups, lr=0.1, weight_decay=0.5)),
    "sgd": descend(lambda groups: torch.optim.SGD(groups, lr=0.1)),
    "sgd, momentum 0.9, decay 0.5": descend(
        lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9, weight_decay=0.5)
    ),
    "sgd, clipped to 0.5": descend(lambda groups: torch.optim.SGD(groups, lr=0.1), clip=0.5),
}
TRUNKS = {"conv": network(convolutional), "mlp": network(perceptron), "lstm": language()}


def write(path, results):
    (HERE / path).write_text(json.dumps({"madeBy": f"test/pytorch.py with PyTorch {torch.__version__}", **results}, indent=1) + "\n")


write("training/optimizers/pytorch.json", OPTIMIZERS)
write("trunks/pytorch.json", TRUNKS)
