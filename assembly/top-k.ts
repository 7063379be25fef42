/** The k best of a row of logits: by larger logit, then by lower class; NaN is below everything. */

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
  return scoreAt(BestClasses.k - 1);
}

/** Returns the next index from `i` on whose logit beats `worst`, or `count`. */
@inline
function skipBelow<V>(z: usize, i: i32, count: i32, worst: f32): i32 {
  if (isVector<V>()) {
    const threshold = f32x4.splat(worst);
    for (; i + 16 <= count; i += 16) {
      const at = z + i * sizeof<f32>();
      const low = v128.or(above(at, threshold), above(at + 16, threshold));
      const high = v128.or(above(at + 32, threshold), above(at + 48, threshold));
      if (i32x4.bitmask(v128.or(low, high))) break;
    }
    for (; i + 4 <= count; i += 4) {
      const found = i32x4.bitmask(above(z + i * sizeof<f32>(), threshold));
      if (found) return i + ctz(found);
    }
  }
  while (i < count && !(load<f32>(z + i * sizeof<f32>()) > worst)) i++;
  return i;
}

@inline
function above(z: usize, threshold: v128): v128 {
  return f32x4.gt(v128.load(z), threshold);
}

/** Inserts a class at its place, which drops the worst where the list is full. */
function insert(c: i32, score: f32): void {
  let place = BestClasses.length;
  if (place < BestClasses.k) BestClasses.length++;
  else if (isAbove(score, scoreAt(place - 1))) place--;
  else return;
  for (; place > 0; place--) {
    const before = scoreAt(place - 1);
    if (!isAbove(score, before)) break;
    set(place, load<i32>(BestClasses.classes + (place - 1) * 4), before);
  }
  set(place, c, score);
}

@inline
function scoreAt(place: i32): f32 {
  return load<f32>(BestClasses.scores + place * 4);
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
