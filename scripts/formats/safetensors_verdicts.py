"""Writes test/formats/verdicts.jsonl: files, and whether the reference implementation of safetensors takes them.

    pip install safetensors==0.8.0
    python3 scripts/formats/safetensors_verdicts.py

The first line says where they are from; a case is a line [header, bytes of data, verdict], with the length of the header as a fourth element where it is not the true one. The
characters of a header are its bytes. Verdicts: "taken"; "refused"; "forbidden", what the implementation takes though the description of
the format forbids it, or what has numbers that JavaScript does not hold.
"""

import json
import random
import struct
from pathlib import Path

import safetensors

A = '"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}'
FIELDS = '"shape":[4],"data_offsets":[0,16]'


def reference(header, data, length):
    prefix = struct.pack("<Q", len(header) if length is None else length)
    try:
        safetensors.deserialize(prefix + header + bytes(data))
        return True
    except safetensors.SafetensorError:
        return False


class Forbidden(Exception):
    pass


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise Forbidden("duplicate keys")
    return dict(pairs)


def is_forbidden(header):
    """By the description of the format, of a header that the implementation takes."""
    if header[:1] != b"{":
        return True
    try:
        entries = json.loads(header, object_pairs_hook=unique)
    except Forbidden:
        return True
    entries.pop("__metadata__", None)
    for entry in entries.values():
        if not isinstance(entry, dict) or not isinstance(entry["dtype"], str):
            return True
        if any(size >= 2**53 for size in entry["shape"]):
            return True
    return False


def verdict(header, data, length=None):
    if not reference(header, data, length):
        return "refused"
    return "forbidden" if is_forbidden(header) else "taken"


def tensor(shape, begin, end, dtype="U8"):
    return f'{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}'


def written():
    """(header, bytes of data, length of the header if it is another)"""
    for text in [
        f"{{{A}}}", f" {{{A}}}", f"\n{{{A}}}", f"\ufeff{{{A}}}", f"{{{A}}}   ", f"{{{A}}}\n\t\r", f"{{{A}}}\0", f"{{{A}}}x",
        f"{{{A},}}", f"{{,{A}}}", f"{{{A}", f"{{{A}}}}}", f"{{{A}}}{{}}", f"{{/**/{A}}}", f"{{ {A.replace(':', ' : ')} }}",
        f"{{'a':{A[4:]}}}", f"{{a:{A[4:]}}}", f"[{A}]", f"{{{A[:3]} {A[4:]}}}",
    ]:
        yield text, 16
    for key in ["", "__proto__", "a\\u0000", "\\u00e9", "\u00e9", "\U0001f642", "\\ud83d\\ude42", "\\ud800", "\\udc00", "\\ud83dx",
                "\\ud83d\\u0041", "\\x", "\\u12", "\\uD83D\\uDE42", "\\/\\b\\f\\n\\r\\t\\\\\\\"", "\t", "\x7f", "\u2028", "1"]:
        yield f'{{"{key}":{A[4:]}}}', 16
    for entry in ["null", "3", "[]", '"F32"', "true", "{}", '["F32",[4],[0,16]]', '["F32",[4]]', '["F32",[4],[0,16],1]']:
        yield f'{{"a":{entry}}}', 16
    for dtype in ["null", "3", '"f32"', '"F8"', '"I4"', '"toString"', '"__proto__"', "[]", '{"F32":null}', '{"F32":1}', '["F32"]',
                  '"\\u0046\\u0033\\u0032"', '"F32 "']:
        yield f'{{"a":{{"dtype":{dtype},{FIELDS}}}}}', 16
    for dtype, bits in {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E5M2": 8, "F8_E5M2FNUZ": 8, "F8_E4M3": 8, "F8_E4M3FNUZ": 8,
                        "F8_E8M0": 8, "F6_E3M2": 6, "F6_E2M3": 6, "F4": 4, "C64": 64, "I64": 64, "I32": 32, "I16": 16, "I8": 8,
                        "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8}.items():
        for elements in (1, 2, 3, 4):
            size = elements * bits // 8
            yield f'{{"a":{tensor([elements], 0, size, dtype)}}}', size
        yield f'{{"a":{tensor([4], 0, bits // 2 + 1, dtype)}}}', bits // 2 + 1
    for shape in ["4", "null", '"4"', "[4.0]", "[4e0]", "[4E+0]", "[-0]", "[-4]", "[04]", "[+4]", '["4"]', "[null]", "[true]", "[[4]]",
                  "[4.5]", "[1e400]", "[]", "[3]", "[5]", "[2,2]", "[4,1,1]", "[2,2,2]", "[4,]", "[,4]", "[2 2]", "[ 4 ]",
                  "[4294967296,4294967296]", "[18446744073709551615]", "[18446744073709551616]", "{}", "{\"0\":4}"]:
        yield f'{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,16]}}}}', 16
    for shape in ["[0]", "[0,4294967296,4294967296]", "[4294967296,4294967296,0]", "[1099511627776,1099511627776,0]",
                  "[0,18446744073709551615]", "[9007199254740991,0]", "[9007199254740992,0]", "[2305843009213693952,8,0]",
                  "[4611686018427387904]", "[576460752303423488]", "[]"]:
        yield f'{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}}}', 0
    for offsets in ["null", "{}", "[]", "[0]", "[0,16,16]", "[0,16.0]", "[-0,16]", '["0",16]', "[0.5,16.5]", "[-16,0]", "[16,0]",
                    "[4,20]", "[0,15]", "[0,17]", "[0,18446744073709551616]", "[18446744073709551600,18446744073709551616]",
                    "[18446744073709551599,18446744073709551615]", "[16,32]", "[9007199254740992,9007199254741008]"]:
        yield f'{{"a":{{"dtype":"F32","shape":[4],"data_offsets":{offsets}}}}}', 16
    for missing in ["dtype", "shape", "data_offsets"]:
        entry = json.loads(f"{{{A}}}")["a"]
        del entry[missing]
        yield json.dumps({"a": entry}), 16
    for extra in ["1", "null", "[1,[2,{}]]", "{\"b\":{}}", "NaN", "Infinity", "1e400", "1e-400", "9" * 400, "-1.5e-3", "1.", ".5", "-",
                  "nul", "tru", "True", '"\\q"', "[" * 125 + "]" * 125, "[" * 126 + "]" * 126, '{"x":' * 125 + "1" + "}" * 125,
                  '{"x":' * 126 + "1" + "}" * 126, "[" * 300]:
        yield f'{{"a":{{"dtype":"F32","x":{extra},{FIELDS}}}}}', 16
    for metadata in ["{}", "null", "3", "[]", "true", '"a"', '{"k":"v"}', '{"k":1}', '{"k":null}', '{"k":["v"]}', '{"k":{"v":"w"}}',
                     '{"":""}', '{"__proto__":"v"}', '[["k","v"]]', '{"k":"v","k":"w"}', '{"k":"v","\\u006b":"w"}']:
        yield f'{{"__metadata__":{metadata},{A}}}', 16
        yield f'{{{A},"__metadata__":{metadata}}}', 16
    yield '{"__metadata__":{},"__metadata__":{},' + A + "}", 16
    yield '{"__metadata__":{},"__metadat\\u0061__":{},' + A + "}", 16
    # Given twice: tensors, alike or not, and what they have.
    for other in [A, f'"a":{tensor([3], 0, 3)}', f'"\\u0061":{tensor([3], 0, 3)}']:
        yield f"{{{A},{other}}}", 16
        yield f"{{{other},{A}}}", 16
    for twice in ['"dtype":"F32"', '"dtype":"U8"', '"shape":[4]', '"data_offsets":[0,16]', '"data_offsets":[0,4]']:
        yield f'{{"a":{{"dtype":"F32",{FIELDS},{twice}}}}}', 16
    yield f'{{"a":{{"dtype":"F32",{FIELDS},"x":1,"x":2}}}}', 16
    yield f'{{"a":{{"dtype":"F32",{FIELDS},"x":{{"y":1,"y":2}}}}}}', 16
    # Two and three tensors: holes, overlaps, other orders, bytes behind the last.
    for a, b in [((0, 8), (8, 16)), ((8, 16), (0, 8)), ((0, 8), (4, 16)), ((0, 8), (9, 16)), ((0, 16), (0, 16)), ((0, 8), (8, 15)),
                 ((0, 8), (8, 17)), ((0, 0), (0, 16)), ((16, 16), (0, 16)), ((8, 8), (0, 16)), ((1, 8), (8, 16)), ((0, 16), (4, 8)),
                 ((0, 8), (0, 16)), ((17, 17), (0, 16)), ((0, 8), (8, 2**53 - 1))]:
        for data in (15, 16, 17):
            yield f'{{"a":{tensor([a[1] - a[0]], *a)},"b":{tensor([b[1] - b[0]], *b)}}}', data
    yield f'{{"a":{tensor([4], 8, 12)},"b":{tensor([4], 0, 4)},"c":{tensor([4], 4, 8)}}}', 12
    yield f'{{"a":{tensor([4], 8, 12)},"b":{tensor([4], 0, 4)},"c":{tensor([5], 3, 8)}}}', 12
    for text, data in [("{}", 0), ("{}", 1), ("", 0), ("", 8), ("[]", 0), ("null", 0), ("3", 0), ('"a"', 0), ("{", 0), ("{}{}", 0)]:
        yield text, data
    for text in [b'{"\xff":' + A[4:].encode() + b"}", b'{"\xed\xa0\x80":' + A[4:].encode() + b"}", b'{"\xc0\xaf":' + A[4:].encode() + b"}",
                 b'{"\xf4\x90\x80\x80":' + A[4:].encode() + b"}", b'{"\xe2\x82":' + A[4:].encode() + b"}", b"{}\xff",
                 b'{"\xef\xbf\xbf":' + A[4:].encode() + b"}", b'{"\xef\xbb\xbf":' + A[4:].encode() + b"}"]:
        yield text, 16
    for length in [0, 1, len(A) + 1, len(A) + 3, len(A) + 18, len(A) + 19, 2**32, 2**53, 2**63, 2**64 - 1, 100_000_000, 100_000_001]:
        yield f"{{{A}}}", 16, length


BASES = [
    (b"{" + A.encode() + b"}", 16),
    (b'{"a":{"dtype":"U8","shape":[2,4],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[4],"data_offsets":[8,16]}}', 16),
    (b'{"__metadata__":{"format":"x"},"b":{"dtype":"I8","shape":[0,3],"data_offsets":[0,0]},'
     b'"a":{"dtype":"F4","shape":[],"data_offsets":[0,0]}}   ', 0),
    (b'{"x":{"shape":[1],"dtype":"F32","data_offsets":[0,4]},"__metadata__":{"k":"v","l":"w"}}', 4),
]
PIECES = [b"0", b"1", b"4", b"8", b"-", b".", b"e", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\0", b"\xc3\xa9",
          b"\xff", b"null", b'"x":1,', b'"k":"v",', b"0,", b",1", b"1,"]


def mutated(draw):
    header, data = draw.choice(BASES)
    for _ in range(draw.choice([1, 1, 1, 2, 2, 3])):
        at = draw.randrange(len(header))
        end = min(len(header), at + draw.choice([1, 1, 1, 2, 3, 8, 20]))
        kind = draw.randrange(8)
        if kind == 0:
            header = header[:at] + bytes([header[at] ^ (1 << draw.randrange(8))]) + header[at + 1 :]
        elif kind in (1, 2):
            header = header[:at] + draw.choice(PIECES) + header[at:]
        elif kind == 3:
            header = header[:at] + header[end:]
        elif kind == 4:
            header = header[:end] + header[at:end] + header[end:]
        elif kind == 5:
            digits = [i for i, byte in enumerate(header) if 0x30 <= byte <= 0x39]
            if digits:
                i, j = draw.choice(digits), draw.choice(digits)
                swapped = bytearray(header)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                header = bytes(swapped)
        elif kind == 6:
            header = header[:at] + draw.choice([b" ", b"\n", b" \t"]) + header[at:]
        else:
            data = max(0, data + draw.choice([-8, -1, 1, 4]))
        if not header:
            header = b"{"
    return header, data


def main():
    cases = {}
    for header, data, *length in written():
        header = header if isinstance(header, bytes) else header.encode()
        cases[header, data, *length] = verdict(header, data, *length)
    draw = random.Random(1)
    wanted = {"taken": 100, "forbidden": 30, "refused": 200}
    while any(wanted.values()):
        header, data = mutated(draw)
        found = verdict(header, data)
        if (header, data) not in cases and wanted[found] > 0:
            wanted[found] -= 1
            cases[header, data] = found
    about = f"written by scripts/formats/safetensors_verdicts.py with safetensors {safetensors.__version__}"
    lines = [json.dumps({"about": about})]
    for (header, data, *length), found in cases.items():
        case = [header.decode("latin-1"), data, found, *map(str, length)]
        lines.append(json.dumps(case, ensure_ascii=False))
    path = Path(__file__).parents[2] / "test" / "formats" / "verdicts.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(cases), "cases")


main()
