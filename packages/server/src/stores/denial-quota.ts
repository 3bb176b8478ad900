/** How many denials of each kind a database keeps: as in memory, the source that has most pays for what is new. */
import type { Transaction } from "kysely";
import type { Tables } from "./schema/tables.ts";

interface Source {
  readonly source: string;
  readonly rows: number;
}

/** Deletes what is beyond the quota, of known callers and of strangers each. */
export async function applyDenialQuota(
  transaction: Transaction<Tables>,
  { deployment, capacity }: { readonly deployment: string; readonly capacity: number },
): Promise<void> {
  for (const kind of [0, 1]) {
    const sources = await transaction
      .selectFrom("agentos_denials")
      .select(({ fn }) => ["source", fn.countAll<number>().as("rows")])
      .where("deployment", "=", deployment)
      .where("is_known_caller", "=", kind)
      .groupBy("source")
      // Of sources that have as much as each other the one that was quiet for longest pays first.
      .orderBy(({ fn }) => fn.min("last_at"))
      .execute();
    for (const { source, rows } of findPayers(sources, capacity))
      await transaction
        .deleteFrom("agentos_denials")
        .where("denial_no", "in", (of) =>
          of
            .selectFrom("agentos_denials")
            .select("denial_no")
            .where("deployment", "=", deployment)
            .where("is_known_caller", "=", kind)
            .where("source", "=", source)
            .orderBy("last_at")
            .orderBy("denial_no")
            .limit(rows),
        )
        .execute();
  }
}

/** Who gives up how many: the largest sources down to one level, until what is left fits. */
export function findPayers(sources: readonly Source[], capacity: number): readonly Source[] {
  const surplus = sources.reduce((sum, { rows }) => sum + rows, 0) - capacity;
  if (surplus <= 0) return [];
  let [low, high] = [0, Math.max(...sources.map(({ rows }) => rows))];
  const above = (level: number) => sources.reduce((sum, { rows }) => sum + Math.max(0, rows - level), 0);
  // The highest level at which enough is given up.
  while (low < high) {
    const level = Math.ceil((low + high) / 2);
    if (above(level) >= surplus) low = level;
    else high = level - 1;
  }
  let excess = above(low) - surplus;
  return sources
    .filter(({ rows }) => rows > low)
    .toReversed()
    .map(({ source, rows }) => {
      const spared = excess > 0 ? 1 : 0;
      excess -= spared;
      return { source, rows: rows - low - spared };
    })
    .filter(({ rows }) => rows > 0);
}
