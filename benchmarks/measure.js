import Benchmark from "benchmark";

/** One case on every backend: its numbers, with the speed of js as the unit of `ratioToJs`. */
export function measure({ suite, title, parameters, additions, variants }, seconds) {
  const results = variants.map(({ backend, prepare }) => {
    const { run, verify } = prepare();
    const { hz, stats } = timed(title, run, seconds);
    verify();
    return {
      suite,
      ...parameters,
      backend: backend.name,
      instructionSet: backend.instructionSet,
      callsPerSecond: hz,
      nanoseconds: 1e9 / hz,
      relativeMarginOfError: stats.rme,
      samples: stats.sample.length,
      ...(additions === undefined ? {} : { additionsPerSecond: additions * hz }),
    };
  });
  const js = results.find(({ backend }) => backend === "js").callsPerSecond;
  return results.map((result) => ({ ...result, ratioToJs: result.callsPerSecond / js }));
}

function timed(name, run, seconds) {
  const bench = new Benchmark(name, run, { maxTime: seconds, minSamples: 5 });
  bench.run();
  if (bench.error) throw bench.error;
  return bench;
}
