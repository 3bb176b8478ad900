/**
 * Denials in bounded memory. Refusals before and after authentication have quotas of their own, so that noise from
 * strangers can never push out what happened to a known caller; repeats count up one record.
 */
import { REFUSALS, STAGES } from "@agentos/contract";
import type { Denial, DenialRecord, DenialRecorder } from "../ports/denial-recorder.ts";

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

/** Records of one kind: all of them by id, oldest first, and of each key the one that repeats count up. */
interface Quota {
  readonly records: Map<string, { readonly record: MutableRecord; readonly key: string }>;
  readonly open: Map<string, MutableRecord>;
}

const createQuota = (): Quota => ({ records: new Map(), open: new Map() });

/** Creates the recorder. */
export function createMemoryDenialRecorder(options: MemoryDenialRecorderOptions): DenialRecorder {
  const { capacity = 1_000, windowSeconds = 600 } = options;
  const before = createQuota();
  const after = createQuota();

  function keep(quota: Quota, key: string, record: MutableRecord): void {
    quota.records.set(record.id, { record, key });
    quota.open.set(key, record);
    const [oldest] = quota.records.values();
    if (quota.records.size <= capacity || oldest === undefined) return;
    quota.records.delete(oldest.record.id);
    if (quota.open.get(oldest.key) === oldest.record) quota.open.delete(oldest.key);
  }

  return {
    record(denial) {
      const isKnownCaller = STAGES.indexOf(REFUSALS[denial.code].stage) > SIGNATURE_STAGE;
      const quota = isKnownCaller ? after : before;
      const source = [clientPrefix(denial.client), denial.subject ?? ""];
      const key = JSON.stringify([denial.code, denial.route, ...source, ...distinctFacts(denial)]);
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
      keep(quota, key, record);
      options.onRecord?.(record);
      return record.id;
    },
    find: (id) => (after.records.get(id) ?? before.records.get(id))?.record,
    list: (limit) =>
      [...after.records.values(), ...before.records.values()]
        .map(({ record }) => record)
        .sort((a, b) => b.lastTime - a.lastTime)
        .slice(0, limit),
  };
}

/** Facts that a stranger chooses freely: they would make every refusal a record of its own. */
const FREE_TEXTS = new Set(["cause", "path"]);

/** Facts that make two refusals different ones: texts, such as two audiences. Times and sizes differ each time. */
function distinctFacts({ facts }: Denial): readonly unknown[] {
  return Object.entries(facts).filter(([name, value]) => typeof value !== "number" && !FREE_TEXTS.has(name));
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
