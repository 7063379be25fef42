// What is used of the libraries in scripts/runtimes/package.json and metro/package.json. The type check does without these: they come with runtimes, and are
// installed only when these are tried.

declare module "esbuild" {
  export interface Plugin {
    name: string;
    setup(build: {
      onResolve(
        options: { filter: RegExp },
        callback: (args: { path: string; importer: string; resolveDir: string }) => {
          path: string;
          external?: boolean;
          sideEffects?: boolean;
        },
      ): void;
      onLoad(
        options: { filter: RegExp },
        callback: (args: { path: string }) => { contents: string } | null,
      ): void;
    }): void;
  }
  export function build(options: {
    entryPoints?: string[];
    stdin?: { contents: string; resolveDir: string };
    bundle: true;
    minify?: boolean;
    format: "iife" | "esm";
    platform?: "browser";
    conditions?: string[];
    plugins?: Plugin[];
    write: false;
    logLevel: "error";
  }): Promise<{ outputFiles: { text: string; contents: Uint8Array }[] }>;
}

declare module "@noble/hashes/sha2.js" {
  export const sha256: {
    create(): { update(bytes: Uint8Array): void; digest(): Uint8Array };
  };
}

declare module "miniflare" {
  export class Miniflare {
    constructor(options: {
      modules: {
        type: "ESModule" | "CompiledWasm";
        path: string;
        contents: string | Uint8Array<ArrayBuffer>;
      }[];
      compatibilityDate: string;
    });
    dispatchFetch(url: string): Promise<Response>;
    dispose(): Promise<void>;
  }
}

declare module "resolve.exports" {
  export function exports(
    manifest: object,
    entry: string,
    options: { browser: boolean },
  ): string[] | undefined;
}
