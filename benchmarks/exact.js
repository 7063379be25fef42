// Float64 references, written for clarity alone.

/** The entry of the Sylvester matrix: −1 where the indices share an odd number of bits. */
function sign(i, j) {
  let bits = i & j;
  bits ^= bits >>> 16;
  bits ^= bits >>> 8;
  bits ^= bits >>> 4;
  bits ^= bits >>> 2;
  bits ^= bits >>> 1;
  return bits & 1 ? -1 : 1;
}

/** One result of the orthonormal transform, by its definition. */
export function transformEntry(x, index) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += sign(index, i) * x[i];
  return sum / Math.sqrt(x.length);
}

const norm = (x) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));

/** Where the table of a code puts a class: a row of the matrix behind the sign mask of a block, with a sign. */
function placeOf({ segments }, index) {
  for (let k = 0; k < segments.length; k += 5) {
    const [block, row, sign, first, count] = segments.subarray(k, k + 5);
    if (index < first + count) return { block, row: row + index - first, sign };
  }
  throw new Error(`no class ${index}`);
}

/** One logit of a head whose code is made of Sylvester matrices. */
export function logit(x, head, index) {
  const { table } = head.code;
  if (table.base > 1 || table.columns || table.weights) throw new Error("the reference knows no such code");
  const { block, row, sign: ofClass } = placeOf(table, index);
  const mask = table.masks.subarray(block * Math.ceil(table.order / 32));
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const negated = (mask[i >>> 5] >>> (i & 31)) & 1;
    sum += (negated ? -1 : 1) * sign(row, i) * x[i];
  }
  const factor = (head.scale * table.unit * ofClass) / (norm(x) + 1e-8);
  return factor * sum + (head.bias?.[index] ?? 0);
}

/** One output of a dense layer with weights classes × features. */
export function dense(x, { weights, bias }, index) {
  let sum = bias[index];
  for (let i = 0; i < x.length; i++) sum += weights[index * x.length + i] * x[i];
  return sum;
}

/** Mean cross-entropy of all rows and its gradient by the bias, from the logits of every row. */
export function crossEntropy(logits, labels, classes) {
  const gradient = new Float64Array(classes);
  let loss = 0;
  for (const [row, label] of labels.entries()) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...z);
    const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
    loss += (Math.log(sum) + largest - z[label]) / labels.length;
    for (let c = 0; c < classes; c++) gradient[c] += Math.exp(z[c] - largest) / sum / labels.length;
    gradient[label] -= 1 / labels.length;
  }
  return { loss, gradient };
}

/** Throws unless some of the results, spread over the array, are what they should be. */
export function check(what, actual, expected, largest) {
  const samples = Math.min(actual.length, 64);
  for (let k = 0; k < samples; k++) {
    const index = Math.floor((k * (actual.length - 1)) / Math.max(samples - 1, 1));
    const error = Math.abs(actual[index] - expected(index));
    // Written so that NaN fails.
    if (!(error <= 4e-6 * largest)) {
      throw new Error(`${what}: result ${index} is ${actual[index]}, expected ${expected(index)}`);
    }
  }
}

export const largestOf = (values) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
