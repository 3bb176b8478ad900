/**
 * Recorded refusals, for whoever asks "why do I get a 401?": everything for the operator, and for any other verified
 * caller what they were told themselves. Whose refusals a request may see is decided here once; the recorder does the rest.
 */
import { type Access, type CompiledRoute, type DataScope, publicCode, visibleItems } from "@agentos/auth";
import {
  type DenialList,
  type DenialObject,
  type PageRouteId,
  REFUSALS,
  type RefusalCode,
} from "@agentos/contract";
import type { DenialRecord, DenialRecorder } from "../denials/denial-recorder.ts";
import { showToCaller, showToOperator } from "../denials/show-denial.ts";
import { invalidFields, type ValidationIssue, valueIssue } from "./input-fault.ts";
import { faultResponse, jsonResponse, notFound } from "./responses.ts";
import type { RouteHandler } from "./route-handler.ts";

type DenialRouteId = Extract<PageRouteId, `denials.${string}`>;

export interface DenialRoutesOptions {
  readonly recorder: DenialRecorder;
  /** Fills the fixes. */
  readonly cliCommand: string;
  /** The server asks for no credential, and answers this machine only. */
  readonly isOpen: boolean;
  /** Every route that is served, with the access in force. */
  readonly routes: readonly CompiledRoute[];
}

interface Reader {
  readonly whose: DataScope;
  readonly isOperator: boolean;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
const REFUSAL_CODES = Object.keys(REFUSALS) as RefusalCode[];

const EVERYBODYS: Reader = { whose: { kind: "all" }, isOperator: true };
const NOBODYS: Reader = { whose: { kind: "none" }, isOperator: false };
const NO_STORE = { headers: { "cache-control": "no-store" } } as const;

/** Creates the handlers. */
export function createDenialRoutes(options: DenialRoutesOptions): Record<DenialRouteId, RouteHandler> {
  const { recorder, cliCommand } = options;
  // A public route is not guarded, not even by the loopback check: what an operator has opened there shows nobody's.
  const isBelieved = options.isOpen && !options.routes.some(isOpened);
  const show = (record: DenialRecord, { isOperator }: Reader): DenialObject =>
    (isOperator ? showToOperator : showToCaller)(record, cliCommand);

  return {
    "denials.list": async ({ request, access }) => {
      const query = readQuery(new URL(request.url).searchParams);
      if ("status" in query) return faultResponse(query);
      const reader = readerOf(access, isBelieved);
      const { limit, page, code, route } = query;
      const start = performance.now();
      const { records, totalCount } = await recorder.list(reader.whose, {
        limit,
        offset: (page - 1) * limit,
        route,
        codes: code === undefined ? undefined : codesShownAs(code, reader),
      });
      const body: DenialList = {
        data: records.map((record) => show(record, reader)),
        meta: {
          page,
          limit,
          total_pages: Math.ceil(totalCount / limit),
          total_count: totalCount,
          search_time_ms: Math.round((performance.now() - start) * 100) / 100,
        },
      };
      return jsonResponse(body, NO_STORE);
    },
    "denials.read": async ({ parameters, access }) => {
      const reader = readerOf(access, isBelieved);
      const record = await recorder.find(parameters["denial_id"] ?? "", reader.whose);
      // One answer for what never was, is forgotten, and is somebody else's.
      return record === undefined
        ? notFound("Denial not found")
        : jsonResponse(show(record, reader), NO_STORE);
    },
  };
}

function isOpened({ id, access }: CompiledRoute): boolean {
  return (
    id.startsWith("denials.") &&
    (access.rule === "public" || access.conditional.some(({ rule }) => rule === "public"))
  );
}

function readerOf({ identity }: Access, isBelieved: boolean): Reader {
  const { kind, grants, owner } = identity;
  if (kind === "security_key") return EVERYBODYS;
  if (kind === "anonymous") return isBelieved ? EVERYBODYS : NOBODYS;
  if (visibleItems(grants, "authz", "read") === "all") return EVERYBODYS;
  return owner.kind === "user" ? { whose: { kind: "user", owner }, isOperator: false } : NOBODYS;
}

/** The exact codes behind the one that is asked for. A caller knows only what was shown: no filter tells them apart. */
function codesShownAs(code: string, { isOperator }: Reader): ReadonlySet<RefusalCode> {
  return new Set(
    REFUSAL_CODES.filter((exact) => publicCode({ code: exact }) === code || (isOperator && exact === code)),
  );
}

type Query =
  | { readonly limit: number; readonly page: number; readonly code?: string; readonly route?: string }
  | ReturnType<typeof invalidFields>;

const MAX_LIMIT = 100;
/** Far beyond what any recorder keeps, and small enough that a product of two such numbers is exact. */
const MAX_PAGE = 1_000_000;

function readQuery(parameters: URLSearchParams): Query {
  const issues: ValidationIssue[] = [];
  const readCount = (name: "limit" | "page", fallback: number, most: number) => {
    const text = parameters.get(name);
    if (text === null) return fallback;
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= 1 && count <= most) return count;
    issues.push(valueIssue(["query", name], `expected a whole number from 1 to ${most}`));
    return fallback;
  };
  const limit = readCount("limit", 20, MAX_LIMIT);
  const page = readCount("page", 1, MAX_PAGE);
  if (issues.length > 0) return invalidFields(issues);
  const code = parameters.get("code");
  const route = parameters.get("route");
  return { limit, page, ...(code === null ? {} : { code }), ...(route === null ? {} : { route }) };
}
