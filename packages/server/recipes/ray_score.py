"""Scores a data set of Ray: each batch runs through a process of `score`, as Arrow in and out.

    python ray_score.py head.safetensors features scored

A process takes half a second to start, so batches are large.
A batch whose process fails fails, with what the process said; Ray tries it again, and it gives the same rows.
Each node needs Node.js, the packages and the model at the same path.
"""

import subprocess
import sys

import pyarrow as pa

COMMAND = ("npx", "fixed-classifier", "score")


class Score:
    """What `map_batches` takes with batch_format="pyarrow"."""

    def __init__(self, model, *options, command=COMMAND):
        self.line = [*command, "--model", model, *options]

    def __call__(self, table):
        rows = pa.BufferOutputStream()
        with pa.ipc.new_stream(rows, table.schema) as writer:
            writer.write_table(table)
        done = subprocess.run(self.line, input=rows.getvalue().to_pybytes(), capture_output=True)
        if done.returncode != 0:
            said = done.stderr[-2000:].decode(errors="replace").strip()
            raise RuntimeError(f"{self.line[0]} ended with {done.returncode}: {said}")
        return pa.ipc.open_stream(done.stdout).read_all()


def main(model, source, target):
    import ray

    ray.data.read_parquet(source).map_batches(
        Score, fn_constructor_args=(model,), batch_format="pyarrow", batch_size=65_536, concurrency=(1, 64)
    ).write_parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
