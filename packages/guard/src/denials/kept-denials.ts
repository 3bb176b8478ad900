/**
 * Denials in bounded memory. Refusals before and after authentication have quotas of their own, so that noise from
 * strangers can never push out what happened to a known caller, and within a quota no single source can push out the
 * others, as long as it can be told apart (behind a proxy all strangers are one); repeats count up one record. What one
 * record holds is bounded too, so that a number of records is a number of bytes.
 */
import { boundDenial } from "./bound-denial.ts";
import type { Denial, DenialRecord } from "./denial-recorder.ts";
import { type DenialIdentity, identifyDenial } from "./identify-denial.ts";

export interface KeptDenialsOptions {
  readonly generateId: () => string;
  /** Told of a new record, and again each time that its count reaches ten times what it was. */
  readonly onRecord?: ((record: DenialRecord) => void) | undefined;
  /** Told of one that had to go. */
  readonly onDrop?: ((kept: KeptDenial) => void) | undefined;
  /** Records kept of each kind. Default 1,000. */
  readonly capacity?: number | undefined;
  /** How long repeats count up the same record, in seconds. Default 600. */
  readonly windowSeconds?: number | undefined;
}

type MutableRecord = { -readonly [K in keyof DenialRecord]: DenialRecord[K] };

/** A record with what it is counted under. It changes with each repeat: whoever gives it away gives a copy. */
export interface KeptDenial extends DenialIdentity {
  readonly record: DenialRecord;
}

interface Kept extends KeptDenial {
  readonly record: MutableRecord;
}

export interface KeptDenials {
  /** Counts up the record of its repeats, or makes a new one. Never throws, never waits. */
  keep(denial: Denial): KeptDenial;
  find(id: string): KeptDenial | undefined;
  /** Those of known callers, then those of strangers; of each the oldest first. */
  list(): readonly KeptDenial[];
}

/**
 * Records of one kind: all of them by id, oldest first; of each key the one that repeats count up; and of each source
 * its records, oldest first.
 */
interface Quota {
  readonly records: Map<string, Kept>;
  readonly open: Map<string, Kept>;
  readonly bySource: Map<string, Kept[]>;
}

const createQuota = (): Quota => ({ records: new Map(), open: new Map(), bySource: new Map() });

/** Creates an empty memory. */
export function createKeptDenials(options: KeptDenialsOptions): KeptDenials {
  const { capacity = 1_000, windowSeconds = 600, onRecord, onDrop } = options;
  const before = createQuota();
  const after = createQuota();

  function add(quota: Quota, kept: Kept): void {
    quota.records.set(kept.record.id, kept);
    quota.open.set(kept.key, kept);
    const own = quota.bySource.get(kept.source) ?? [];
    own.push(kept);
    quota.bySource.set(kept.source, own);
    if (quota.records.size > capacity) drop(quota, findLargest(quota)?.[0]);
  }

  /** The source that has most records pays for what is new; of equals the one that came first. */
  function findLargest({ bySource }: Quota): readonly Kept[] | undefined {
    let largest: readonly Kept[] | undefined;
    for (const own of bySource.values()) if (own.length > (largest?.length ?? 0)) largest = own;
    return largest;
  }

  function drop(quota: Quota, kept: Kept | undefined): void {
    if (kept === undefined) return;
    quota.records.delete(kept.record.id);
    if (quota.open.get(kept.key) === kept) quota.open.delete(kept.key);
    const own = quota.bySource.get(kept.source);
    own?.shift();
    if (own?.length === 0) quota.bySource.delete(kept.source);
    onDrop?.(kept);
  }

  return {
    keep(whole) {
      const denial = boundDenial(whole);
      const identity = identifyDenial(denial);
      const quota = identity.isKnownCaller ? after : before;
      const existing = quota.open.get(identity.key);
      if (existing !== undefined && denial.time - existing.record.time < windowSeconds) {
        const { record } = existing;
        record.count += 1;
        record.lastSeenAt = denial.time;
        // Whoever was just refused holds this id: what they ask about is the newest request, not the first.
        record.facts = denial.facts;
        record.fix = denial.fix;
        if (Number.isInteger(Math.log10(record.count))) onRecord?.(record);
        return existing;
      }
      const id = `den_${options.generateId()}`;
      const kept = { ...identity, record: { ...denial, id, count: 1, lastSeenAt: denial.time } };
      add(quota, kept);
      onRecord?.(kept.record);
      return kept;
    },
    find: (id) => after.records.get(id) ?? before.records.get(id),
    list: () => [...after.records.values(), ...before.records.values()],
  };
}
