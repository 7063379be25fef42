/** How far it is, on a terminal only: who writes the error stream to a file wants errors there. */
export async function progress(): Promise<{
  update(rows: number, position: number, size: number | undefined): void;
  stop(): void;
}> {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const { SingleBar } = (await import("cli-progress")).default;
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{bar} {percentage} % | {rows} rows",
    clearOnComplete: true,
    hideCursor: true,
  });
  let isShown = false;
  return {
    update: (rows, position, size) => {
      if (size === undefined) return;
      if (!isShown) bar.start(size, position, { rows });
      isShown = true;
      bar.update(position, { rows });
    },
    stop: () => {
      if (isShown) bar.stop();
    },
  };
}
