/** The Python module of a head: only the lines that its code needs. */

import type { FixedClassifier, HeadTable } from "fixed-classifier";

/** Before the names of the tensors that only this module reads. */
export const PREFIX = "torch.";
export const CLASS = "FixedClassifierHead";

/**
 * A PyTorch module that gives the logits of a head, from the file that {@link writeSafetensors} writes. It needs nothing but torch, and its
 * scale and bias can be trained on.
 */
export function pytorchModule(head: FixedClassifier): string {
  const { table, name } = head.code;
  const parts = [
    `"""A fixed last layer: ${head.features} features to ${head.classes} classes by the code "${name}". It needs torch only."""`,
    "import json\nimport os\nimport struct\n\nimport torch",
    READ,
    ...(needsTransform(table) ? [TRANSFORM] : []),
    [
      HEAD,
      table.kind === "product" ? productVectors(head, table.width) : "",
      logits(head, table),
      ...(table.kind === "product" && table.rotation !== null ? [rotate(table.rotation)] : []),
    ]
      .filter((part) => part !== "")
      .join("\n"),
  ];
  return `${parts.map((part) => part.trim()).join("\n\n\n")}\n`;
}

const needsTransform = (table: HeadTable): boolean =>
  table.kind === "hadamard" || (table.kind === "product" && table.rotation !== null);

const READ = `
def read(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + struct.unpack_from("<Q", data)[0]
    types = {"F32": torch.float32, "I32": torch.int32, "I8": torch.int8, "U8": torch.uint8}
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name in ("scale", "bias", "weights") or name.startswith("${PREFIX}"):
            begin, end = (start + offset for offset in entry["data_offsets"])
            tensor = torch.frombuffer(bytearray(data[begin:end]) or bytearray(4), dtype=types[entry["dtype"]])
            tensors[name.replace("${PREFIX}", "")] = tensor[: (end - begin) // tensor.element_size()].reshape(entry["shape"])
    return tensors
`;

const TRANSFORM = `
def transform(x, factor):
    n, h = x.shape[-1] // len(factor), 1
    y = x.reshape(-1, len(factor), n)
    while h < n:
        y = y.reshape(-1, n // (2 * h), 2, h)
        y = torch.stack((y[:, :, 0] + y[:, :, 1], y[:, :, 0] - y[:, :, 1]), 2)
        h *= 2
    y = y.reshape(-1, len(factor), n)
    return (factor.to(y.dtype) @ y if len(factor) > 1 else y).reshape(x.shape)
`;

const HEAD = `
class ${CLASS}(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        tensors = read(path)
        self.scale = torch.nn.Parameter(tensors.pop("scale"))
        self.bias = torch.nn.Parameter(tensors.pop("bias")) if "bias" in tensors else None
        for name, tensor in tensors.items():
            self.register_buffer(name, tensor)

    @classmethod
    def load(cls, folder, subfolder="", **_):
        return cls(os.path.join(folder, subfolder, "model.safetensors"))

    def forward(self, x):
        if isinstance(x, dict):
            return {**x, "logits": self.logits(x["sentence_embedding"])}
        return self.logits(x)
`;

const NORMALISED = "        x = x / (torch.linalg.vector_norm(x, dim=-1, keepdim=True) + 1e-8)\n";

function logits(head: FixedClassifier, table: HeadTable): string {
  const bias = head.bias === null ? "" : " + self.bias";
  const start = "    def logits(self, x):\n";
  if (table.kind === "hadamard") {
    const placed =
      table.columns === null
        ? `torch.nn.functional.pad(x, (0, ${table.order - table.features}))`
        : `x.new_zeros(*x.shape[:-1], ${table.order}).index_copy(-1, self.columns.long(), x)`;
    return `${start}${NORMALISED}        x = x.unsqueeze(-2) * self.signs
        y = transform(${placed}, self.factor).flatten(-2)
        return self.scale * ${table.unit} * (y[..., self.rows.long()] * self.row_signs)${bias}
`;
  }
  if (table.kind === "product") {
    const turn = table.rotation === null ? "" : "        x = self.rotate(x)\n";
    return `${start}${turn}${table.normalised ? NORMALISED : ""}        return self.scale * ${table.unit} * (x @ self.vectors().to(x.dtype).T)${bias}
`;
  }
  return table.normalised
    ? `${start}${NORMALISED}        return self.scale * (x @ self.vectors.T)${bias}\n`
    : `${start}        return x @ self.weights.T${bias}\n`;
}

function productVectors({ code, features }: FixedClassifier, width: number): string {
  const { table } = code;
  const magnitudes = table.kind === "product" && table.magnitudes !== null ? " * self.magnitudes" : "";
  return `    def vectors(self):
        h = torch.ones(1, 1)
        while len(h) < ${width}:
            h = torch.cat((torch.cat((h, h), 1), torch.cat((h, -h), 1)))
        rows = torch.cat((h, -h)).to(self.rows.device)[self.rows.long()]
        return (rows.flatten(-2)[..., :${features}]${magnitudes}).sum(1)
`;
}

function rotate({ length, order }: { readonly length: number; readonly order: number }): string {
  if (length === order) {
    return `    def rotate(self, x):
        return transform(x * self.rotation, self.rotation_factor)
`;
  }
  const half = Math.floor(length / 2);
  return `    def rotate(self, x):
        low, high = x[..., :${half}] * self.rotation_low, x[..., ${length - half}:] * self.rotation_high
        middle = x[..., ${half}:${length - half}] * self.rotation_middle
        x = torch.cat((low + high, middle, low - high), -1)
        x = torch.cat((transform(x[..., :${order}], self.rotation_factor), x[..., ${order}:]), -1)
        last = transform(x[..., ${length - order}:] * self.rotation_last, self.rotation_factor)
        return torch.cat((x[..., :${length - order}], last), -1)
`;
}
