"""Runs a recipe on the batches of a stream, as its engine would on those of a partition.

    python3 partitions.py spark|ray|schema|limit MODEL COMMAND… < in.arrows > out.arrows
"""

import pathlib
import sys

import pyarrow as pa

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "recipes"))


def main(engine, model, *command):
    reader = pa.ipc.open_stream(sys.stdin.buffer)
    if engine == "schema":
        from spark_score import scored_schema

        write(scored_schema(model, reader.schema, command=command), [])
    elif engine == "ray":
        from ray_score import Score

        table = Score(model, command=command)(reader.read_all())
        with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
            writer.write_table(table)
    else:
        from spark_score import scorer

        scored = scorer(model, command=command)(reader)
        first = next(scored)
        write(first.schema, [first] if engine == "limit" else [first, *scored])
        scored.close()


def write(schema, batches):
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


main(*sys.argv[1:])
