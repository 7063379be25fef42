"""Scores a Parquet file, or a folder of them, on a cluster of Dask: each part is one process of `score` on some worker.

    python3 dask_score.py head.safetensors features.parquet scored --each 16 --scheduler tcp://scheduler:8786

The parts of a file are its row groups, 16 each; those of a folder its files. Without --scheduler this machine is the cluster.
A part is written under another name and renamed when it is whole, so what a worker that died had begun is never seen:
Dask runs its part again on another worker, with the same bytes.
Every worker needs Node.js, the packages, and the paths of model, source and target.
"""

import argparse
import os
import subprocess
import sys

from distributed import Client, as_completed

COMMAND = ("npx", "fixed-classifier", "score")


def score_part(part, model, command=COMMAND):
    """One part, on a worker: a source, its row groups or None for all, and where the scores go."""
    source, groups, target = part
    line = [*command, "--model", model, source, "--out", target]
    if groups is not None:
        line += ["--row-groups", "{}:{}".format(*groups)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        said = done.stderr[-2000:].decode(errors="replace").strip()
        raise RuntimeError(f"{source}: {line[0]} ended with {done.returncode}: {said}")
    return target


def parts_of(source, target, count, each):
    """The parts: ranges of row groups of one file, or the files of a folder."""
    if os.path.isdir(source):
        files = sorted(name for name in os.listdir(source) if name.endswith(".parquet"))
        return [(os.path.join(source, name), None, os.path.join(target, name)) for name in files]
    if count is None:
        # Debian has no pyarrow: there, --row-groups says how many there are.
        from pyarrow.parquet import ParquetFile

        count = ParquetFile(source).num_row_groups
    return [
        (source, (first, min(first + each, count)), os.path.join(target, f"part-{first:06d}.parquet"))
        for first in range(0, count, each)
    ]


def score(client, parts, model, command=COMMAND, retries=2):
    """Scores parts, and names each as it is done; a process that fails is tried again, a worker that dies replaced."""
    # Not pure: a part is asked for again even if one of the same name was scored before.
    futures = client.map(score_part, parts, model=model, command=command, retries=retries, pure=False)
    for _, target in as_completed(futures, with_results=True):
        yield target


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model")
    options.add_argument("source", help="a Parquet file, or a folder of them")
    options.add_argument("target", help="a folder, made if there is none")
    options.add_argument("--scheduler", help="its address")
    options.add_argument("--row-groups", type=int, help="how many the file has, if pyarrow is not there to count them")
    options.add_argument("--each", type=int, default=16, help="row groups a part")
    given = options.parse_args()
    os.makedirs(given.target, exist_ok=True)
    parts = parts_of(given.source, given.target, given.row_groups, given.each)
    with Client(given.scheduler) if given.scheduler else Client(threads_per_worker=1) as client:
        for done, target in enumerate(score(client, parts, given.model), 1):
            print(f"{done}/{len(parts)} {target}", file=sys.stderr)


if __name__ == "__main__":
    main()
