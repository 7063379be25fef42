/** The most bytes of a body: 256 rows of 64 features as text are about 350 kB. */
export const MAX_BODY_BYTES = 512 * 1024;
/** The most rows of a request. */
export const MAX_ROWS = 256;
/** The most classes that are told of a row, where the model has as many. */
export const MAX_K = 100;
/** How many are told of a row when the request does not say. */
export const DEFAULT_K = 5;
