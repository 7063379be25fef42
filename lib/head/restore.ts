import { type DecodedHead, decodeHead } from "./file.js";
import { decodeJson, type JsonOptions, readJsonOptions } from "./json.js";
import { checkFileOptions, type FileOptions } from "./limits.js";
import type { FixedClassifierOptions } from "./options.js";
import { copyParameters, type LearnedArrays } from "./parameters.js";

/** What makes a head of its options. */
export type HeadConstructor<Head extends LearnedArrays> = new (options: FixedClassifierOptions) => Head;

/** A head with the parameters that it was kept with. */
export function restore<Head extends LearnedArrays>(
  Constructor: HeadConstructor<Head>,
  decoded: DecodedHead,
  given: JsonOptions,
): Head {
  const { settings, scale, bias } = decoded;
  // Of a spread with more properties behind it V8 keeps much until the next collection of the whole heap.
  const head = new Constructor(Object.assign({ scale, bias: bias !== null }, settings, given));
  return copyParameters(decoded, head);
}

export function fromSafetensors<Head extends LearnedArrays>(
  Constructor: HeadConstructor<Head>,
  bytes: unknown,
  options: FileOptions | null | undefined,
): Head {
  const { limits, ...given } = checkFileOptions(options);
  return restore(Constructor, decodeHead(bytes, limits), given);
}

export const fromJSON = <Head extends LearnedArrays>(
  Constructor: HeadConstructor<Head>,
  json: unknown,
  options: JsonOptions | null | undefined,
): Head => restore(Constructor, decodeJson(json), readJsonOptions(options));
