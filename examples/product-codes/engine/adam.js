// The optimiser: Adam (Kingma and Ba, ICLR 2015) as torch.optim.Adam has it by default.

/** What is learned, and its gradient. @typedef {{ value: Float32Array, gradient: Float32Array }} Parameter */

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export class Adam {
  /** @type {Map<Parameter, { m: Float32Array, v: Float32Array, steps: number }>} */
  #moments = new Map();

  /**
   * @param {Parameter[]} parameters
   * @param {number} rate
   */
  step(parameters, rate) {
    for (const parameter of parameters) {
      const { length } = parameter.value;
      let state = this.#moments.get(parameter);
      if (state === undefined) {
        state = { m: new Float32Array(length), v: new Float32Array(length), steps: 0 };
        this.#moments.set(parameter, state);
      }
      state.steps++;
      update(parameter, state.m, state.v, rate / (1 - BETA1 ** state.steps), 1 / (1 - BETA2 ** state.steps));
    }
  }
}

/**
 * @param {Parameter} parameter
 * @param {Float32Array} m
 * @param {Float32Array} v
 * @param {number} rate
 * @param {number} correction
 */
function update({ value, gradient }, m, v, rate, correction) {
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i];
    const first = BETA1 * m[i] + (1 - BETA1) * g;
    const second = BETA2 * v[i] + (1 - BETA2) * g * g;
    m[i] = first;
    v[i] = second;
    value[i] -= (rate * first) / (Math.sqrt(second * correction) + EPSILON);
  }
}

/**
 * Shortens the gradient, taken as one vector, to a length of 1, as torch.nn.utils.clip_grad_norm_ does.
 * @param {Parameter[]} parameters
 */
export function clipGradient(parameters) {
  let sum = 0;
  for (const { gradient } of parameters)
    for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  const factor = 1 / (Math.sqrt(sum) + 1e-6);
  if (factor >= 1) return;
  for (const { gradient } of parameters) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
}
