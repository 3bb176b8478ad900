/**
 * Recorded refusals, for whoever asks "why do I get a 401?": everything for the operator, and for any other verified
 * caller what they were told themselves. Whose refusals a request may see is decided here once; the recorder does the rest.
 */
import { type Access, type CompiledRoute, type DataScope, visibleItems } from "@agentos/auth";
import {
  type DenialCountList,
  type DenialList,
  type DenialObject,
  denialCountQuerySchema,
  denialQuerySchema,
  type PageRouteId,
} from "@agentos/contract";
import type { DenialFilter, DenialRecord, DenialRecorder } from "../denials/denial-recorder.ts";
import { showToCaller, showToOperator } from "../denials/show-denial.ts";
import { codesShownAs, joinAsShown, REFUSAL_CODES, showGroup } from "../denials/shown-codes.ts";
import { type InputFault, invalidFields, valueIssue } from "./input-fault.ts";
import { isOpened } from "./opened-routes.ts";
import { describePage } from "./page-meta.ts";
import { readQuery } from "./read-query.ts";
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

const EVERYBODYS: Reader = { whose: { kind: "all" }, isOperator: true };
const NOBODYS: Reader = { whose: { kind: "none" }, isOperator: false };
const NO_STORE = { headers: { "cache-control": "no-store" } } as const;

/** Creates the handlers. */
export function createDenialRoutes(options: DenialRoutesOptions): Record<DenialRouteId, RouteHandler> {
  const { recorder, cliCommand } = options;
  // A public route is not guarded, not even by the loopback check: what an operator has opened there shows nobody's.
  const isBelieved = options.isOpen && !isOpened(options.routes, "denials.");
  const show = (record: DenialRecord, { isOperator }: Reader): DenialObject =>
    (isOperator ? showToOperator : showToCaller)(record, cliCommand);

  return {
    "denials.list": async ({ request, access }) => {
      const reader = readerOf(access, isBelieved);
      const query = readQuery(request, denialQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const hidden = findHidden(query.value, reader);
      if (hidden !== undefined) return faultResponse(hidden);
      const { limit, page, ...part } = readPart(query.value);
      const start = performance.now();
      const filter = readFilter(query.value, reader);
      const { records, totalCount } = await recorder.list(reader.whose, { ...part, ...filter, limit });
      const body: DenialList = {
        data: records.map((record) => show(record, reader)),
        meta: describePage({ page, limit, totalCount, start }),
      };
      return jsonResponse(body, NO_STORE);
    },
    "denials.count": async ({ request, access }) => {
      const reader = readerOf(access, isBelieved);
      const query = readQuery(request, denialCountQuerySchema);
      if (!query.ok) return faultResponse(query.fault);
      const hidden = findHidden(query.value, reader);
      if (hidden !== undefined) return faultResponse(hidden);
      const { by = "code" } = query.value;
      const { limit, page, offset } = readPart(query.value);
      const start = performance.now();
      const filter = readFilter(query.value, reader);
      // Which codes there are is known, and few of them: what a caller was shown as one is added up before it is cut.
      const isWhole = by === "code" && !reader.isOperator;
      const found = await recorder.count(reader.whose, {
        by,
        ...filter,
        ...(isWhole ? { limit: REFUSAL_CODES.length } : { limit, offset }),
      });
      const groups = isWhole ? joinAsShown(found.groups) : found.groups;
      const totalCount = isWhole ? groups.length : found.totalCount;
      const body: DenialCountList = {
        data: (isWhole ? groups.slice(offset, offset + limit) : groups).map(showGroup),
        meta: describePage({ page, limit, totalCount, start }),
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

function readerOf({ identity }: Access, isBelieved: boolean): Reader {
  const { kind, grants, owner } = identity;
  if (kind === "security_key") return EVERYBODYS;
  if (kind === "anonymous") return isBelieved ? EVERYBODYS : NOBODYS;
  if (visibleItems(grants, "authz", "read") === "all") return EVERYBODYS;
  return owner.kind === "user" ? { whose: { kind: "user", owner }, isOperator: false } : NOBODYS;
}

type QueryValues = Readonly<{
  limit?: number | undefined;
  page?: number | undefined;
  by?: string | undefined;
  code?: string | undefined;
  route?: string | undefined;
  client?: string | undefined;
  subject?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}>;

function readPart({ limit = 20, page = 1 }: QueryValues) {
  return { limit, page, offset: (page - 1) * limit };
}

function readFilter(
  { code, route, client, subject, since, until }: QueryValues,
  { isOperator }: Reader,
): DenialFilter {
  const codes = code === undefined ? undefined : codesShownAs(code, { isOperator });
  return { codes, route, client, subject, since, until };
}

/** What only an operator is shown nobody else may ask for: the answer would say it. */
function findHidden({ by, client, subject }: QueryValues, { isOperator }: Reader): InputFault | undefined {
  if (isOperator) return undefined;
  const names = [
    ...(by === "client" || by === "subject" ? ["by"] : []),
    ...(client === undefined ? [] : ["client"]),
    ...(subject === undefined ? [] : ["subject"]),
  ];
  if (names.length === 0) return undefined;
  const problem = "client and subject are shown only to a holder of authz:read";
  return invalidFields(names.map((name) => valueIssue(["query", name], problem)));
}
