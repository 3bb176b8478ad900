/** The options `--port` (or that of another listener) and `--host`, judged by the rules for AGENT_OS_PORT and AGENT_OS_HOST. */
import { findHostProblem, readPortText } from "@agentos/guard/app";
import { CliFailure } from "../program/failure.ts";
import type { Address } from "./until-signal.ts";

/** As they were typed. */
export interface GivenAddress {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

/** Reads both; undefined where one was not given. Throws {@link CliFailure}. */
export function readListenOptions({ host, port }: GivenAddress, portOption = "--port"): Address {
  const read = port === undefined ? { port: undefined } : readPortText(port);
  if ("problem" in read) throw new CliFailure(`"${portOption}" ${read.problem}`, { fix: read.suggestion });
  const problem = host === undefined ? undefined : findHostProblem(host);
  if (problem !== undefined) throw new CliFailure(`"--host" ${problem.problem}`, { fix: problem.suggestion });
  return { host, port: read.port };
}
