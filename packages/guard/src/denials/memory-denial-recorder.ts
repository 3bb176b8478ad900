/** Denials in memory alone: they end with the process. */

import type { DataScope } from "@agentos/auth";
import { countGroups } from "./count-groups.ts";
import { type DenialFilter, type DenialRecord, type DenialRecorder, maySee } from "./denial-recorder.ts";
import { createKeptDenials, type KeptDenialsOptions } from "./kept-denials.ts";

export type MemoryDenialRecorderOptions = Omit<KeptDenialsOptions, "onDrop">;

/** Creates the recorder. */
export function createMemoryDenialRecorder(options: MemoryDenialRecorderOptions): DenialRecorder {
  const kept = createKeptDenials(options);

  function select(whose: DataScope, filter: DenialFilter): readonly DenialRecord[] {
    return kept
      .list()
      .map(({ record }) => record)
      .filter((record) => maySee(whose, record) && isWithin(filter, record));
  }

  return {
    record: (denial) => kept.keep(denial).record.id,
    async find(id, whose) {
      const record = kept.find(id)?.record;
      // Copies, as of any other store: what is counted up later changes nothing that somebody holds.
      return record === undefined || !maySee(whose, record) ? undefined : { ...record };
    },
    async list(whose, { limit, offset = 0, ...filter }) {
      const found = select(whose, filter)
        // Of equal times the one that was kept later comes first.
        .toReversed()
        .sort((a, b) => b.lastSeenAt - a.lastSeenAt);
      const records = found.slice(offset, offset + limit).map((record) => ({ ...record }));
      return { records, totalCount: found.length };
    },
    async count(whose, { by, limit, offset = 0, ...filter }) {
      const groups = countGroups(select(whose, filter), by);
      return { groups: groups.slice(offset, offset + limit), totalCount: groups.length };
    },
  };
}

function isWithin(
  { codes, route, client, subject, since, until }: DenialFilter,
  record: DenialRecord,
): boolean {
  return (
    (codes === undefined || codes.has(record.code)) &&
    (route === undefined || record.route === route) &&
    (client === undefined || record.client === client) &&
    (subject === undefined || record.subject === subject) &&
    (since === undefined || record.lastSeenAt >= since) &&
    (until === undefined || record.lastSeenAt < until)
  );
}
