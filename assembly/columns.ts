/** Features that stand in columns of their own (docs/numerics.md, "Columns"), one by one. */
import { Block, Head } from "./table";

/** The masked row into `head.t`, +0 where no feature stands. */
export function scatterRow(head: Head, block: Block, x: usize): void {
  const t = head.t;
  memory.fill(t, 0, head.order * sizeof<f32>());
  for (let i = 0; i < head.features; i++) {
    const v = load<u32>(x + i * sizeof<f32>());
    store<u32>(t + columnOf(head, i), v ^ signBit(block, i));
  }
}

/** The masked features of `head.t` into `head.u`, or added to it. */
export function gather(head: Head, block: Block, first: bool): void {
  const t = head.t;
  let u = head.u;
  for (let i = 0; i < head.features; i++, u += sizeof<f32>()) {
    const v = reinterpret<f32>(load<u32>(t + columnOf(head, i)) ^ signBit(block, i));
    store<f32>(u, first ? v : load<f32>(u) + v);
  }
}

/** In bytes. */
@inline
function columnOf(head: Head, i: i32): usize {
  return load<u32>(head.columns + i * sizeof<u32>()) * sizeof<f32>();
}

@inline
function signBit(block: Block, i: i32): u32 {
  if (block.mask === 0) return 0;
  return (load<u32>(block.mask + (i >> 5) * sizeof<u32>()) >> (i & 31)) << 31;
}
