// `npm run soak`: runs that are too long for `npm test`. Each is also there, once and small, in a test.
import { spawnSync } from "node:child_process";

const runs: readonly (readonly string[])[] = [
  ["--conditions=@agentos/source", "bench/src/main.ts", "--only", "streams", "--streams", "1000"],
];
const failed = runs.filter((args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0);
console.log(
  failed.length === 0 ? "soak: all good" : `soak: failed: ${failed.map((args) => args.join(" ")).join("; ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
