/** Asks a running AgentOS for recorded refusals. What it says beyond their form is its own words, and shown as such. */
import {
  type DenialCountList,
  type DenialObject,
  denialCountListSchema,
  denialSchema,
  isRecord,
} from "@agentos/contract";
import { type CredentialLocation } from "@agentos/guard";
import type { Context } from "../../program/context.ts";
import type { Answered, Asked } from "../ask.ts";
import { askUrl } from "../ask-url.ts";
import { boundTexts } from "../read-body.ts";

export interface DenialServer {
  /** Without a slash at its end. */
  readonly base: string;
  /** Of whoever asks. */
  readonly token: string | undefined;
  readonly location?: CredentialLocation | undefined;
}

export interface DenialQuery {
  readonly code?: string | undefined;
  readonly route?: string | undefined;
  readonly client?: string | undefined;
  readonly subject?: string | undefined;
  /** Seconds since the epoch. */
  readonly since?: number | undefined;
  /** Seconds since the epoch. */
  readonly until?: number | undefined;
  readonly limit?: number | undefined;
  readonly page?: number | undefined;
}

export interface DenialPage {
  readonly denials: readonly DenialObject[];
  readonly totalCount: number | undefined;
}

export type DenialGroups = DenialCountList["data"];

export interface DenialGroupPage {
  readonly groups: DenialGroups;
  readonly totalCount: number | undefined;
}

export interface DenialCountQuery extends DenialQuery {
  readonly by: string;
}

/** `asked`: an answer or a fault that is neither of the other two. */
export type DenialAnswer<Found> =
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "unknown id" }
  | { readonly kind: "not supported" }
  | { readonly kind: "asked"; readonly asked: Asked };

/** One of them. */
export async function askDenial(
  id: string,
  server: DenialServer,
  context: Pick<Context, "now">,
): Promise<DenialAnswer<DenialObject>> {
  const asked = await ask(`/authz/denials/${encodeURIComponent(id)}`, server, context);
  if (asked.kind !== "answer") return { kind: "asked", asked };
  if (asked.status === 404) return { kind: isOwnNotFound(asked) ? "unknown id" : "not supported" };
  const parsed = denialSchema.safeParse(asked.body);
  return asked.status === 200 && parsed.success
    ? { kind: "found", found: boundTexts(parsed.data) }
    : { kind: "asked", asked };
}

/** The newest of them first. */
export async function askDenials(
  query: DenialQuery,
  server: DenialServer,
  context: Pick<Context, "now">,
): Promise<DenialAnswer<DenialPage>> {
  const asked = await ask(`/authz/denials${writeQuery(query)}`, server, context);
  if (asked.kind !== "answer") return { kind: "asked", asked };
  if (asked.status === 404) return { kind: "not supported" };
  const { data } = asked.body ?? {};
  const parsed = Array.isArray(data) ? data.map((entry) => denialSchema.safeParse(entry)) : undefined;
  if (asked.status !== 200 || parsed === undefined || !parsed.every(({ success }) => success))
    return { kind: "asked", asked };
  return {
    kind: "found",
    found: {
      denials: boundTexts(parsed.flatMap((entry) => entry.data ?? [])),
      totalCount: readTotalCount(asked),
    },
  };
}

/** How many there were, by what they have in common. */
export async function askDenialCounts(
  query: DenialCountQuery,
  server: DenialServer,
  context: Pick<Context, "now">,
): Promise<DenialAnswer<DenialGroupPage>> {
  const asked = await ask(`/authz/denials/counts${writeQuery(query)}`, server, context);
  if (asked.kind !== "answer") return { kind: "asked", asked };
  // To a server that is older this is a denial of which nobody knows.
  if (asked.status === 404) return { kind: "not supported" };
  const parsed = denialCountListSchema.shape.data.safeParse(asked.body?.["data"]);
  return asked.status === 200 && parsed.success
    ? { kind: "found", found: { groups: boundTexts(parsed.data), totalCount: readTotalCount(asked) } }
    : { kind: "asked", asked };
}

function readTotalCount({ body }: Answered): number | undefined {
  const meta = body?.["meta"];
  const total = isRecord(meta) ? meta["total_count"] : undefined;
  return typeof total === "number" ? total : undefined;
}

function writeQuery(query: DenialQuery): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function ask(path: string, { base, token, location }: DenialServer, { now }: Pick<Context, "now">) {
  return askUrl(base, { now, location })({ path, token });
}

/** An AgentOS that has the route says which thing was not found; one without it says what it says of any path. */
function isOwnNotFound({ body }: Answered): boolean {
  return body?.["detail"] === "Denial not found";
}
