// The browser's verifier on the command line, for tests and for whoever has Node:
//   node static/js/verify/cli.mjs BUNDLE.zip [--json] [--vkey KEY] [--receipt FILE] [--id ID]
//                                 [--secret CODE] [--require-time]
//   node static/js/verify/cli.mjs --json-lines FOLDER [the same options]
// Not part of what browsers load.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

import { verify } from "./verify.mjs";

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    "json-lines": { type: "string" },
    vkey: { type: "string" },
    receipt: { type: "string" },
    id: { type: "string" },
    secret: { type: "string" },
    "require-time": { type: "boolean" },
  },
});
const options = {
  siteKey: given.vkey?.trim(),
  receipt: given.receipt === undefined ? undefined : readFileSync(given.receipt, "utf8"),
  id: given.id,
  secret: given.secret,
  requireTime: given["require-time"],
};

async function reportOn(path) {
  const report = await verify(new Uint8Array(readFileSync(path)), options);
  const checks = report.checks.map(({ name, outcome, reason }) => ({ name, outcome, reason }));
  return { ...report, checks };
}

if (given["json-lines"] !== undefined) {
  const names = readdirSync(given["json-lines"]).filter((name) => name.endsWith(".zip"));
  for (const file of names.sort()) {
    const { checks, result, exitCode, computed } = await reportOn(join(given["json-lines"], file));
    console.log(JSON.stringify({ file, checks, result, exit: exitCode, computed }));
  }
} else if (positionals.length === 1) {
  const { checks, result, exitCode, computed } = await reportOn(positionals[0]);
  const file = basename(positionals[0]);
  if (given.json) console.log(JSON.stringify({ file, checks, result, exit: exitCode, computed }));
  else {
    for (const { name, outcome, reason } of checks) console.log(`${outcome}\t${name}\t${reason}`);
    console.log(result);
  }
  process.exitCode = exitCode;
} else {
  console.error("usage: node static/js/verify/cli.mjs BUNDLE.zip [--json] | --json-lines FOLDER");
  process.exitCode = 64;
}
