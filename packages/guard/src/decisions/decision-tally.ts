/**
 * Adds decisions up in bounded memory, fast enough to stand in front of every answer: known objects lead to a row, and
 * no text is built. Of one hour there is a most of rows, of one owner a most of those; what goes beyond is counted in a
 * row that says so, and an item whose id a caller made up fills no more than its owner's part.
 */
import type { CompiledRoute, OwnerParts, Requirement } from "@agentos/auth";
import { redactTokens } from "../log/redact-tokens.ts";
import {
  type CountedDecision,
  type DecisionCount,
  type DecisionOutcome,
  MORE,
  NO_ROUTE,
  NOBODY,
  OTHERS,
} from "./decision-counter.ts";

/** Where equal decisions of one hour are added up. */
export interface TallyRow extends Omit<DecisionCount, "count"> {
  /** Counted since it was last drained. */
  pending: number;
}

export interface DecisionTallyOptions {
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Given what was counted, row by row, when an hour is over, before a newer one begins. */
  readonly onHour: (rows: readonly TallyRow[]) => void;
  /** Rows of one hour. Default 5,000. */
  readonly hourRows?: number | undefined;
  /** Rows of one owner in one hour. Default 200. */
  readonly ownerRows?: number | undefined;
}

export interface DecisionTally {
  count(decision: CountedDecision): void;
  /** Rows with something pending, each once; whoever takes them takes that too, and sets it to 0. */
  drain(): readonly TallyRow[];
}

const HOUR_SECONDS = 3_600;
/** Longer ids name nothing that anybody serves. */
const MAX_ID = 200;
/** Longer names are nobody's, as in a denial record. */
const MAX_NAME = 1_000;

type Outcomes = Map<DecisionOutcome, TallyRow>;

/** Rows of one owner: by route, by the id of the item, by outcome. */
interface OwnerRows {
  readonly owner: OwnerParts;
  readonly routes: Map<string, Map<string, Outcomes>>;
  readonly surplus: Outcomes;
  size: number;
}

/** Creates an empty tally. */
export function createDecisionTally(options: DecisionTallyOptions): DecisionTally {
  const { now, onHour, hourRows = 5_000, ownerRows = 200 } = options;
  let hour = 0;
  let end = 0;
  let size = 0;
  let dirty: TallyRow[] = [];
  /** Objects of owners that were seen: those of a cached token are the same with each request. */
  let known = new WeakMap<OwnerParts, OwnerRows>();
  let owners = new Map<string, Map<string, Map<string, OwnerRows>>>();
  let others = createOwnerRows(OTHERS);

  function begin(time: number): void {
    if (dirty.length > 0) onHour(drain());
    hour = Math.floor(time / HOUR_SECONDS) * HOUR_SECONDS;
    end = hour + HOUR_SECONDS;
    size = 0;
    known = new WeakMap();
    owners = new Map();
    others = createOwnerRows(OTHERS);
  }

  function drain(): readonly TallyRow[] {
    const rows = dirty;
    dirty = [];
    return rows;
  }

  function findOwner(given: OwnerParts): OwnerRows {
    const owner = given.id.length > MAX_NAME ? NOBODY : given;
    const kinds = getOrAdd(owners, owner.issuer, () => new Map<string, Map<string, OwnerRows>>());
    const ids = getOrAdd(kinds, owner.kind, () => new Map<string, OwnerRows>());
    const existing = ids.get(owner.id);
    if (existing === undefined && size >= hourRows) return others;
    const found = existing ?? createOwnerRows(owner);
    if (existing === undefined) size += 1;
    ids.set(owner.id, found);
    known.set(given, found);
    return found;
  }

  /** The row of a surplus: at most one for each outcome that there is. */
  function addSurplus({ owner, surplus }: OwnerRows, outcome: DecisionOutcome): TallyRow {
    return getOrAdd(surplus, outcome, () => createRow({ hour, owner, route: MORE, resource: "", outcome }));
  }

  function findRow(own: OwnerRows, { owner, route, parameters, outcome }: CountedDecision): TallyRow {
    if (own === others) return addSurplus(own, outcome);
    // What a stranger writes into a path is no item.
    const item = route === undefined || owner === undefined ? undefined : findItem(route);
    const id = item?.id.kind === "parameter" ? (parameters[item.id.name] ?? "") : "";
    const name = route?.name ?? NO_ROUTE;
    const existing = own.routes.get(name)?.get(id)?.get(outcome);
    if (existing !== undefined) return existing;
    if (!isItemId(id) || own.size >= ownerRows || size >= hourRows) return addSurplus(own, outcome);
    own.size += 1;
    size += 1;
    const resource = item === undefined || id === "" ? "" : `${item.resource}:${id}`;
    const row = createRow({ hour, owner: own.owner, route: name, resource, outcome });
    const items = getOrAdd(own.routes, name, () => new Map<string, Outcomes>());
    getOrAdd(items, id, (): Outcomes => new Map()).set(outcome, row);
    return row;
  }

  return {
    count(decision) {
      const time = now();
      // A clock that was set back makes no second hour of one that is over.
      if (time >= end) begin(time);
      const owner = decision.owner ?? NOBODY;
      const row = findRow(known.get(owner) ?? findOwner(owner), decision);
      if (row.pending === 0) dirty.push(row);
      row.pending += 1;
    },
    drain,
  };
}

function createOwnerRows(owner: OwnerParts): OwnerRows {
  return { owner, routes: new Map(), surplus: new Map(), size: 0 };
}

function createRow(row: Omit<TallyRow, "pending">): TallyRow {
  return { ...row, pending: 0 };
}

/** What looks like a token is nobody's id, and is kept nowhere. */
function isItemId(id: string): boolean {
  return id.length <= MAX_ID && redactTokens(id) === id;
}

/** The scope of the route that is about an item of the path. */
function findItem({ access: { rule } }: CompiledRoute): Requirement | undefined {
  if (typeof rule === "string") return undefined;
  for (const requirement of rule) if (requirement.id.kind === "parameter") return requirement;
  return undefined;
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const value = create();
  map.set(key, value);
  return value;
}
