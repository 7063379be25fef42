"""Scores a data frame of Spark: each partition runs through one process of `score`, as Arrow in and out.

    spark-submit spark_score.py head.safetensors hdfs:///features hdfs:///scored

A partition whose process fails fails, with what the process said; Spark tries it again, and it gives the same rows.
Each executor needs Node.js, the packages and the model at the same path: `--archives` of spark-submit can bring all three.
"""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading

import pyarrow as pa

COMMAND = ("npx", "fixed-classifier", "score")


def scorer(model, *options, command=COMMAND):
    """What `mapInArrow` takes: a function of a partition's batches that gives them scored."""
    line = [*command, "--model", model, *options]

    def score(batches):
        batches = iter(batches)
        # A partition without a batch has no schema to begin a stream with, and no rows to score.
        for first in itertools.islice(batches, 1):
            yield from through(line, first.schema, itertools.chain([first], batches))

    return score


def through(line, schema, batches):
    """Batches written to a command and those read from it, both at once: of one after the other, each would wait for the other."""
    failures = []

    def feed():
        try:
            with process.stdin, pa.ipc.new_stream(process.stdin, schema) as writer:
                for batch in batches:
                    writer.write_batch(batch)
        except BrokenPipeError:
            pass  # The command has ended: its status says why.
        except BaseException as failure:
            # Killed, as an end here would look like the end of the rows.
            failures.append(failure)
            kill()

    def kill():
        # The whole group: npx has started Node.js as a process of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    # A file, as a pipe that nobody reads would stop the command once it is full.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True
        )
        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            try:
                with pa.ipc.open_stream(process.stdout) as reader:
                    yield from reader
            except (pa.ArrowInvalid, OSError):
                # The stream of a command that failed ends anywhere: its status is the better reason.
                if process.wait() == 0:
                    raise
            feeder.join()
            # Without this a command that was killed between two batches would look like one that has ended.
            status = process.wait()
            if failures:
                raise failures[0]
            if status != 0:
                said.seek(0)
                raise RuntimeError(f"{line[0]} ended with {status}: {said.read()[-2000:].decode(errors='replace').strip()}")
        finally:
            # Who takes only some of the rows, as `limit` does, leaves here.
            kill()
            process.wait()
            process.stdout.close()
            # Its next write fails, so it ends too: what is left of the batches is Spark's again.
            feeder.join(10)


def scored_schema(model, schema, *options, command=COMMAND):
    """The columns that come out, by scoring no rows."""
    empty = pa.BufferOutputStream()
    pa.ipc.new_stream(empty, schema).close()
    done = subprocess.run(
        [*command, "--model", model, *options], input=empty.getvalue().to_pybytes(), stdout=subprocess.PIPE, check=True
    )
    return pa.ipc.open_stream(done.stdout).schema


def main(model, source, target):
    from pyspark.sql import SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    frame = SparkSession.builder.appName("fixed-classifier score").getOrCreate().read.parquet(source)
    schema = from_arrow_schema(scored_schema(model, to_arrow_schema(frame.schema)))
    frame.mapInArrow(scorer(model), schema).write.parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
