/** The k best of a row of logits: by larger logit, then by lower class; NaN is below everything. */
import { anyGreater, broadcast, lanes } from "./vector";

/** The best classes so far, best first. */
export namespace BestClasses {
  export let classes: usize = 0;
  export let scores: usize = 0;
  export let k: i32 = 0;
  export let length: i32 = 0;
}

/** Offers the logits of the classes from `first` on; classes come in order. */
export function offer<V>(z: usize, first: i32, count: i32): void {
  let i = 0;
  while (i < count) {
    const worst = worstScore();
    if (!isNaN(worst)) i = skipBelow<V>(z, i, count, worst);
    if (i === count) return;
    insert(first + i, load<f32>(z + i * sizeof<f32>()));
    i++;
  }
}

/** The score that a class has to beat, NaN where any class is good enough. */
@inline
function worstScore(): f32 {
  if (BestClasses.length < BestClasses.k) return NaN;
  return load<f32>(BestClasses.scores + (BestClasses.k - 1) * sizeof<f32>());
}

/** Returns the next index from `i` on whose logit beats `worst`, or `count`. */
@inline
function skipBelow<V>(z: usize, i: i32, count: i32, worst: f32): i32 {
  const threshold = broadcast<V, f32>(worst);
  for (; i + lanes<V, f32>() <= count; i += lanes<V, f32>()) {
    if (anyGreater<V>(load<V>(z + i * sizeof<f32>()), threshold)) break;
  }
  while (i < count && !(load<f32>(z + i * sizeof<f32>()) > worst)) i++;
  return i;
}

/** Inserts a class at its place, which drops the worst where the list is full. */
function insert(c: i32, score: f32): void {
  let place = BestClasses.length;
  if (place < BestClasses.k) BestClasses.length++;
  for (; place > 0; place--) {
    const before = load<f32>(BestClasses.scores + (place - 1) * 4);
    if (!isAbove(score, before)) break;
    if (place < BestClasses.k) set(place, load<i32>(BestClasses.classes + (place - 1) * 4), before);
  }
  if (place < BestClasses.k) set(place, c, score);
}

@inline
function set(place: i32, c: i32, score: f32): void {
  store<i32>(BestClasses.classes + place * 4, c);
  store<f32>(BestClasses.scores + place * 4, score);
}

/** The order of logits: NaN is below everything. */
@inline
function isAbove(a: f32, b: f32): bool {
  return a > b || (isNaN(b) && !isNaN(a));
}
