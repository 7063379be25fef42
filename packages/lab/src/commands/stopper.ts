/** Ctrl-C and a polite end: the first is noted, and what runs stops where it can go on; the second ends at once. */
export function stopper(say: (sentence: string) => void): { stopped: () => boolean; release: () => void } {
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(130);
    asked = true;
    say("Stopping after this step; again to stop at once.");
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stopped: () => asked,
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
