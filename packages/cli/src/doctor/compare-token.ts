/** What a token says, unverified, beside what a place expects of it: the two that a refusal is about, side by side. */
import { classifyCredential, inspectToken, type KnownServer, listAlgorithms } from "@agentos/auth";
import type { TokenRow } from "./report.ts";

const LONGEST = 100;
const MOST = 5;

/** The rows; none without a JWT. Nothing in them is a finding: only an answer of the server proves anything. */
export function compareToken(
  token: string | undefined,
  server: KnownServer,
  now: number,
): readonly TokenRow[] {
  if (token === undefined || classifyCredential(token) !== "jwt") return [];
  const { unverifiedHeader: header, unverifiedClaims: claims } = inspectToken(token, {
    policy: {},
    algorithms: [],
    now,
  });
  if (header === undefined || claims === undefined) return [];
  const { policy, keys = [] } = server;
  const { tokens = [], claimNames } = policy;
  const part =
    policy.separatesIssuers === true ? tokens.find(({ issuer }) => issuer === claims["iss"]) : tokens[0];
  const issuers = tokens.flatMap(({ issuer }) => issuer ?? []);
  const audienceClaim = claimNames?.audience ?? "aud";
  const kids = keys.flatMap(({ kid }) => kid ?? []);
  const rows = [
    makeRow('"alg"', header["alg"], listAlgorithms(keys)),
    ...(header["kid"] === undefined && kids.length === 0 ? [] : [makeRow('"kid"', header["kid"], kids)]),
    ...(claims["iss"] === undefined && issuers.length === 0
      ? []
      : [makeRow('"iss"', claims["iss"], issuers)]),
    part?.audience === undefined && policy.id !== undefined
      ? nameId(makeRow(`"${audienceClaim}"`, claims[audienceClaim], [policy.id]))
      : makeRow(`"${audienceClaim}"`, claims[audienceClaim], part?.audience ?? []),
  ];
  return rows;
}

/** The id of a server is what it accepts as audience, unless it is configured otherwise. */
function nameId(row: TokenRow): TokenRow {
  return { ...row, expected: `${row.expected ?? ""} (its id)` };
}

function makeRow(what: string, value: unknown, expected: readonly string[]): TokenRow {
  const values = [value].flat().filter((entry) => typeof entry === "string");
  const fits = values.some((entry) => expected.includes(entry));
  return {
    what,
    token: value === undefined ? "not there" : values.length === 0 ? "no text" : show(values),
    expected: expected.length === 0 ? undefined : show(expected),
    outcome: expected.length === 0 ? "not told" : fits ? "fits" : "differs",
  };
}

function show(values: readonly string[]): string {
  const shown = values.slice(0, MOST).map((value) => value.slice(0, LONGEST));
  return values.length > MOST ? `${shown.join(", ")} and ${values.length - MOST} more` : shown.join(", ");
}
