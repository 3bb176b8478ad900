/** A request as it is named: `METHOD /path`. */
import { ADMIN_SCOPE } from "@agentos/contract";
import { CliFailure } from "../program/failure.ts";
import { matchRoute } from "../scopes/route-table.ts";
import type { DoctorRequest } from "./report.ts";

export function readRequest(text: string): DoctorRequest {
  const match = /^\s*(GET|POST|PUT|PATCH|DELETE)\s+(\/\S*)\s*$/i.exec(text);
  if (match === null) {
    throw new CliFailure('"--route" is not of the form "METHOD /path"', {
      fix: 'write for example --route "GET /agents"',
    });
  }
  const [, method = "", path = ""] = match;
  return makeRequest(method, path);
}

/** With its route of the contract, where it has one. */
export function makeRequest(method: string, path: string): DoctorRequest {
  const matched = matchRoute(method, path, ADMIN_SCOPE);
  return { method: method.toUpperCase(), path, matched: "route" in matched ? matched : undefined };
}
