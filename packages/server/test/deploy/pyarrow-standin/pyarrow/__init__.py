"""What recipes use of pyarrow, which Debian does not have: streams are cut into their messages, and these passed on as they are.

No message is understood beyond its length and kind, so a stream that comes out has the very bytes that its writer gave.
"""

import io
import struct
import types

SCHEMA, DICTIONARY, BATCH = 1, 2, 3


class ArrowInvalid(ValueError):
    pass


class Schema(bytes):
    """The message of a schema."""


class RecordBatch:
    def __init__(self, schema, messages):
        self.schema = schema
        self.messages = messages


class Table:
    def __init__(self, schema, batches):
        self.schema = schema
        self.batches = batches


class BufferOutputStream(io.BytesIO):
    def getvalue(self):
        return types.SimpleNamespace(to_pybytes=super().getvalue)


def take(source, count):
    taken = source.read(count)
    if len(taken) != count:
        raise ArrowInvalid(f"expected {count} bytes, got {len(taken)}")
    return taken


def next_message(source):
    """The kind of a message and all its bytes; None at the end, marked or not, as pyarrow has it."""
    start = source.read(8)
    if len(start) < 8 or start[4:] == bytes(4):
        return None
    metadata = take(source, struct.unpack("<I", start[4:])[0])
    # Flatbuffers: the table Message has version, kind, header and the length of the body, in this order.
    table = struct.unpack_from("<I", metadata)[0]
    fields = table - struct.unpack_from("<i", metadata, table)[0]

    def field(index, of, default):
        size = struct.unpack_from("<H", metadata, fields)[0]
        offset = struct.unpack_from("<H", metadata, fields + 4 + 2 * index)[0] if 4 + 2 * index < size else 0
        return struct.unpack_from(of, metadata, table + offset)[0] if offset else default

    return field(1, "<B", 0), start + metadata + take(source, field(3, "<q", 0))


class Reader:
    def __init__(self, source):
        self.source = io.BytesIO(source) if isinstance(source, bytes) else source
        message = next_message(self.source)
        if message is None or message[0] != SCHEMA:
            raise ArrowInvalid("the stream has no schema")
        self.schema = Schema(message[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        before = []
        while (message := next_message(self.source)) is not None:
            before.append(message[1])
            if message[0] == BATCH:
                yield RecordBatch(self.schema, before)
                before = []

    def read_all(self):
        return Table(self.schema, list(self))


class Writer:
    def __init__(self, sink, schema):
        self.sink = sink
        sink.write(schema)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write_batch(self, batch):
        for message in batch.messages:
            self.sink.write(message)

    def write_table(self, table):
        for batch in table.batches:
            self.write_batch(batch)

    def close(self):
        self.sink.write(struct.pack("<iI", -1, 0))


ipc = types.SimpleNamespace(open_stream=Reader, new_stream=Writer)
