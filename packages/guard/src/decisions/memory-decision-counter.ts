/** Counts of decisions in memory alone: they end with the process. */
import { type DataScope, isSameOwner } from "@agentos/auth";
import type { DecisionCount, DecisionCounter, DecisionQuery } from "./decision-counter.ts";
import { createDecisionTally, type DecisionTallyOptions, type TallyRow } from "./decision-tally.ts";

export interface MemoryDecisionCounterOptions extends Omit<DecisionTallyOptions, "onHour"> {
  /** Rows kept, of all hours together; the oldest go first. Default 20,000. */
  readonly capacity?: number | undefined;
}

/** Creates the counter. */
export function createMemoryDecisionCounter(options: MemoryDecisionCounterOptions): DecisionCounter {
  const { capacity = 20_000 } = options;
  /** The rows are the tally's own: one that is counted up again is the same. */
  const kept = new Map<TallyRow, number>();
  const tally = createDecisionTally({ ...options, onHour: keep });

  function keep(rows: readonly TallyRow[]): void {
    for (const row of rows) {
      kept.set(row, (kept.get(row) ?? 0) + row.pending);
      row.pending = 0;
    }
    for (const row of kept.keys()) {
      if (kept.size <= capacity) break;
      kept.delete(row);
    }
  }

  return {
    count: (decision) => tally.count(decision),
    async list(whose, query) {
      keep(tally.drain());
      const { limit, offset = 0 } = query;
      const found = [...kept]
        .map(([{ pending: _, ...row }, count]): DecisionCount => ({ ...row, count }))
        .filter((row) => isOf(whose, row) && isWithin(query, row))
        .sort((a, b) => b.hour - a.hour || b.count - a.count);
      return { counts: found.slice(offset, offset + limit), totalCount: found.length };
    },
  };
}

/** As with denials: what has no name is nobody's. */
function isOf(whose: DataScope, { owner }: DecisionCount): boolean {
  if (whose.kind === "all") return true;
  return whose.kind === "user" && owner.kind === "user" && owner.id !== "" && isSameOwner(owner, whose.owner);
}

function isWithin({ since, until, route, resource, outcome }: DecisionQuery, row: DecisionCount): boolean {
  return (
    (since === undefined || row.hour >= since) &&
    (until === undefined || row.hour < until) &&
    (route === undefined || row.route === route) &&
    (resource === undefined || row.resource === resource) &&
    (outcome === undefined || row.outcome === outcome)
  );
}
