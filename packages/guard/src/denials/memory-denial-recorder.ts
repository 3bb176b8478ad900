/**
 * Denials in bounded memory. Refusals before and after authentication have quotas of their own, so that noise from
 * strangers can never push out what happened to a known caller, and within a quota no single source can push out the
 * others, as long as it can be told apart (behind a proxy all strangers are one); repeats count up one record. What one
 * record holds is bounded too, so that a number of records is a number of bytes.
 */
import { REFUSALS, STAGES } from "@agentos/contract";
import { boundDenial } from "./bound-denial.ts";
import { type Denial, type DenialRecord, type DenialRecorder, maySee } from "./denial-recorder.ts";

export interface MemoryDenialRecorderOptions {
  readonly generateId: () => string;
  /** Told of a new record, and again each time that its count reaches ten times what it was. */
  readonly onRecord?: (record: DenialRecord) => void;
  /** Records kept of each kind. Default 1,000. */
  readonly capacity?: number;
  /** How long repeats count up the same record, in seconds. Default 600. */
  readonly windowSeconds?: number;
}

type MutableRecord = { -readonly [K in keyof DenialRecord]: DenialRecord[K] };

const SIGNATURE_STAGE = STAGES.indexOf("signature");

interface Kept {
  readonly record: MutableRecord;
  readonly key: string;
  readonly source: string;
}

/**
 * Records of one kind: all of them by id, oldest first; of each key the one that repeats count up; and of each source
 * its records, oldest first.
 */
interface Quota {
  readonly records: Map<string, Kept>;
  readonly open: Map<string, MutableRecord>;
  readonly bySource: Map<string, Kept[]>;
}

const createQuota = (): Quota => ({ records: new Map(), open: new Map(), bySource: new Map() });

/** Creates the recorder. */
export function createMemoryDenialRecorder(options: MemoryDenialRecorderOptions): DenialRecorder {
  const { capacity = 1_000, windowSeconds = 600 } = options;
  const before = createQuota();
  const after = createQuota();

  function keep(quota: Quota, kept: Kept): void {
    quota.records.set(kept.record.id, kept);
    quota.open.set(kept.key, kept.record);
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
    if (quota.open.get(kept.key) === kept.record) quota.open.delete(kept.key);
    const own = quota.bySource.get(kept.source);
    own?.shift();
    if (own?.length === 0) quota.bySource.delete(kept.source);
  }

  return {
    record(whole) {
      const denial = boundDenial(whole);
      const isKnownCaller = STAGES.indexOf(REFUSALS[denial.code].stage) > SIGNATURE_STAGE;
      const quota = isKnownCaller ? after : before;
      const network = clientPrefix(denial.client);
      const subject = denial.subject ?? "";
      // Two issuers may each have an "alice".
      const { issuer, kind, id } = denial.owner ?? {};
      const caller = JSON.stringify([denial.issuer, subject, issuer, kind, id]);
      const key = JSON.stringify([denial.code, denial.route, network, caller, ...distinctFacts(denial)]);
      const existing = quota.open.get(key);
      if (existing !== undefined && denial.time - existing.time < windowSeconds) {
        existing.count += 1;
        existing.lastTime = denial.time;
        // Whoever was just refused holds this id: what they ask about is the newest request, not the first.
        existing.facts = denial.facts;
        existing.fix = denial.fix;
        if (Number.isInteger(Math.log10(existing.count))) options.onRecord?.(existing);
        return existing.id;
      }
      const record = { ...denial, id: `den_${options.generateId()}`, count: 1, lastTime: denial.time };
      // A known caller is the same one from any network.
      keep(quota, { record, key, source: subject === "" ? `network ${network}` : `caller ${caller}` });
      options.onRecord?.(record);
      return record.id;
    },
    async find(id, whose) {
      const record = (after.records.get(id) ?? before.records.get(id))?.record;
      // Copies, as of any other store: what is counted up later changes nothing that somebody holds.
      return record === undefined || !maySee(whose, record) ? undefined : { ...record };
    },
    async list(whose, { limit, offset = 0, codes, route }) {
      const found = [...after.records.values(), ...before.records.values()]
        .map(({ record }) => record)
        .filter(
          (record) =>
            maySee(whose, record) &&
            (codes === undefined || codes.has(record.code)) &&
            (route === undefined || record.route === route),
        )
        // Of equal times the one that was kept later comes first.
        .toReversed()
        .sort((a, b) => b.lastTime - a.lastTime);
      const records = found.slice(offset, offset + limit).map((record) => ({ ...record }));
      return { records, totalCount: found.length };
    },
  };
}

/**
 * Facts that a caller chooses freely, by the path or by a token that nobody has verified: they would make every refusal
 * a record of its own. A scope holds the id in the path.
 */
const FREE_TEXTS = new Set([
  "cause",
  "path",
  "unverified_issuer",
  "issuer_found",
  "unverified_kid",
  "signature_found",
  "value_found",
  "duration",
  "required_scopes",
  "missing_scopes",
  "scope_to_add",
  "scope_to_allow",
  "scope_choice",
  "suggestion",
]);

/** Facts that make two refusals different ones: texts, such as two audiences. Times and sizes differ each time. */
function distinctFacts({ facts }: Denial): readonly unknown[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (typeof value === "number" || FREE_TEXTS.has(name)) return [];
    return [[name, GROUPED_TEXTS.has(name) && typeof value === "string" ? groupOf(value) : value]];
  });
}

/** Facts that a caller chooses freely too, and of which an operator has to see each: so many records, and no more. */
const GROUPED_TEXTS = new Set(["origin"]);
const GROUPS = 64;

/** The same for the same text, and nearly always another one for another. */
function groupOf(text: string): number {
  // FNV-1a: an attacker who finds equal ones has joined two records of their own.
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0) % GROUPS;
}

/** The network that a client is in: one IPv4 /24 or IPv6 /48 counts as one source of repeats. */
function clientPrefix(client: string | undefined): string {
  if (client === undefined) return "";
  const v4 = /(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(client)?.[1];
  if (v4 !== undefined) return v4;
  // Groups behind "::" stand at the end of the address; those that it leaves out are zero.
  const [head = ""] = client.split("::", 1);
  const groups = head === "" ? [] : head.split(":");
  return [...groups, "0", "0", "0"].slice(0, 3).join(":");
}
