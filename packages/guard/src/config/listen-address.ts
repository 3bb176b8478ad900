/** Host and port to listen on, as people write them: what is wrong with one, and what to write instead. */
import { isIP } from "node:net";
import { DEFAULT_PORT } from "@agentos/contract";
import { findEmptiness } from "./empty-value.ts";

interface Problem {
  /** A phrase that follows the name of the option. */
  readonly problem: string;
  readonly suggestion: string;
}

const HIGHEST_PORT = 65_535;

/** A port from 0 to 65535; 0 takes a free one. The text is shown only where it is a number. */
export function readPortText(
  text: string,
): { readonly port: number } | (Problem & { readonly port?: undefined }) {
  const written = text.trim();
  const suggestion = `write a number from 1 to ${HIGHEST_PORT}, such as ${DEFAULT_PORT}, or 0 for any free port`;
  const emptiness = findEmptiness(text);
  if (emptiness !== undefined) return { problem: `is ${emptiness}`, suggestion };
  if (/^\d{1,12}$/.test(written)) {
    const port = Number(written);
    return port <= HIGHEST_PORT
      ? { port }
      : { problem: `is ${port}, and ports end at ${HIGHEST_PORT}`, suggestion };
  }
  const isNumber = /^-?\d{1,12}(?:\.\d{1,12})?$/.test(written);
  return { problem: isNumber ? `is ${written}, which is no port` : "is no number", suggestion };
}

/** What keeps a text from being an address to listen on; undefined for one that may be. */
export function findHostProblem(text: string): Problem | undefined {
  const written = text.trim();
  const emptiness = findEmptiness(text);
  const suggestion = 'write "localhost" for this machine only, or "0.0.0.0" for every address';
  if (emptiness !== undefined) return { problem: `is ${emptiness}`, suggestion };
  if (written !== text) return { problem: "has white space around it", suggestion: "remove the white space" };
  if (written === "*") return { problem: 'is "*"', suggestion: 'write "0.0.0.0" for every address' };
  if (isIP(written) !== 0) return undefined;
  const bracketed = /^\[([0-9a-f:.]+)\]$/i.exec(written)?.[1];
  if (bracketed !== undefined)
    return { problem: "has brackets, as in a URL", suggestion: `write "${bracketed}"` };
  if (written.includes("://")) {
    const host = URL.canParse(written) ? new URL(written).hostname : "";
    return {
      problem: "is a URL, and a host name or IP address belongs here",
      suggestion: host === "" ? suggestion : `write "${host}"`,
    };
  }
  const [, host, port] = /^([\w.-]+|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(written) ?? [];
  if (host !== undefined && port !== undefined)
    return {
      problem: "has a port in it",
      suggestion: `write "${host.replace(/[[\]]/g, "")}" here, and the port ${port} where the port belongs`,
    };
  return /^[\w.-]+(?:%[\w.-]+)?$/.test(written)
    ? undefined
    : { problem: "has characters that no host name has", suggestion };
}
