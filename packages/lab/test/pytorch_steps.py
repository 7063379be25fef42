"""The steps of `bench` in PyTorch on one thread, to hold its figures against: medians in milliseconds.

Run with OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1, in turns with `bench`, for machines change their speed. Debian's python3-torch needs
libopenblas0-pthread for its products.
"""

import time

import torch
from torch import nn

torch.set_num_threads(1)


def median(step, seconds=5.0):
    for _ in range(5):
        step()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 9 or time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[len(times) // 2]


def training(model, inputs, classes, rows):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    labels = torch.randint(0, classes, (rows,))

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()

    return step


class Language(nn.Module):
    def __init__(self, words=10_000, size=256):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size)
        self.linear = nn.Linear(size, size)
        self.head = nn.Linear(size, words)
        self.dropout = nn.Dropout(0.2)

    def forward(self, words):
        output, _ = self.lstm(self.dropout(self.embedding(words)))
        return self.head(self.dropout(self.linear(output))).flatten(0, 1)


def block(inputs, outputs):
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]


mlp = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.Linear(512, 10))
blocks = [*block(1, 32), *block(32, 64), *block(64, 64)]
conv = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(576, 512), nn.Linear(512, 10))
features = torch.randn(64, 512, requires_grad=True)

print("mlp:512,512    %8.2f" % median(training(mlp, torch.rand(128, 784), 10, 128)))
print("conv:32,64,64  %8.2f" % median(training(conv, torch.rand(128, 1, 28, 28), 10, 128)))
print("lstm:256       %8.2f" % median(training(Language(), torch.randint(0, 10_000, (32, 32)), 10_000, 1024)))
print("head learned   %8.2f" % median(training(nn.Linear(512, 10_000), features, 10_000, 64)))
