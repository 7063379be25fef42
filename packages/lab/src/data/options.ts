/** How data are read and divided; the names are those of the command's options. */
export interface DataOptions {
  /**
   * The column of a table, or the array of an archive, that holds the classes. Without it: of columns the one called label, class, target
   * or y, else the last; of arrays the one whose name says so.
   */
  readonly label?: string;
  /** The columns of a table that are inputs. Without it: all but those of labels and groups. */
  readonly columns?: readonly string[];
  /** Rows of one group are never in two parts: a column of the table, or a file of one name or number a row. */
  readonly groups?: string;
  /** The share of the rows of a file that becomes the validation part, where none is given. 0.1 if not set. */
  readonly validation?: number;
  /** The share of the rows of a file that becomes the test part, where none is given. 0.2 if not set. */
  readonly test?: number;
  /** How many parts the rows will be divided into for cross-validation by `foldOf`: told at once where they are not enough. */
  readonly folds?: number;
  /** What rows go to which part is drawn from it. 0 if not set. */
  readonly seed?: number;
  /** Whether every column is brought to mean 0 and deviation 1, as the training part has them. If not set: of tables only. */
  readonly standardize?: boolean;
  /** The width that the character n-grams of a column of text are hashed to. 4096 if not set. */
  readonly hash?: number;
  /** The side that the images of a folder are brought to. 32 if not set. */
  readonly size?: number;
  /** Whether the images of a folder are read in colour. If not set: where one of the first has some. */
  readonly colour?: boolean;
  /** Bytes above which an array that lies uncompressed in its file stays there. 1 GiB if not set. */
  readonly memory?: number;
}

export const DEFAULTS = {
  validation: 0.1,
  test: 0.2,
  seed: 0,
  hash: 4096,
  size: 32,
  memory: 2 ** 30,
} as const;
