// Command of the boundary check; the rules stand in boundaries/rules.ts.
import { checkBoundaries } from "./boundaries/check.ts";

const violations = checkBoundaries(process.cwd());
for (const violation of violations) {
  console.error(`${violation.path}:${violation.line}: ${violation.message} [${violation.rule}]`);
}
process.exitCode = violations.length === 0 ? 0 : 1;
