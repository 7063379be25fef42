// Imported before the package: all figures are those of one thread unless a row says otherwise.
process.env.FIXED_CLASSIFIER_THREADS ??= "1";
