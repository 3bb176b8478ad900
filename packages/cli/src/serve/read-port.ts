import { CliFailure } from "../program/failure.ts";

/** `--port`, from 0 to 65535. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new CliFailure('"--port" is not a port number', {
    fix: "give a number from 1 to 65535, or 0 for any free port",
  });
}
