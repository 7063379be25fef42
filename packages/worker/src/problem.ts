/** Every problem that the server answers with: its name for programs, and its status. */
export const STATUS = {
  "bad-query": 400,
  "body-incomplete": 400,
  "bad-json": 400,
  "bad-features": 400,
  "not-finite": 400,
  "not-found": 404,
  "method-not-allowed": 405,
  "body-too-large": 413,
  "too-many-rows": 413,
  "unsupported-media-type": 415,
  "unsupported-encoding": 415,
  internal: 500,
} as const;

export type ProblemCode = keyof typeof STATUS;

const TITLE: Record<(typeof STATUS)[ProblemCode], string> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
};

export interface ProblemOptions {
  /** Where in the features it is, from 0. */
  readonly place?: { readonly row: number; readonly element?: number };
  /** What the status asks for, such as Allow. */
  readonly headers?: Record<string, string>;
}

/** What is thrown for a request that cannot be answered, and becomes the answer. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly #options: ProblemOptions;

  /** @param detail what is wrong, where, and what to do, for the one who sent the request */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.code = code;
    this.#options = options;
  }

  /** As RFC 9457 has it; without a page of its own a problem is of the type "about:blank", whose title is that of the status. */
  response(): Response {
    const { place, headers } = this.#options;
    const status = STATUS[this.code];
    const body = {
      type: "about:blank",
      title: TITLE[status],
      status,
      code: this.code,
      detail: this.message,
      ...place,
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: { ...headers, "Content-Type": "application/problem+json" },
    });
  }
}
