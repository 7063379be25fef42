const { probe } = require("./src/probe.js");

test("the package", () => {
  process.stdout.write(`${JSON.stringify(probe())}\n`);
});
