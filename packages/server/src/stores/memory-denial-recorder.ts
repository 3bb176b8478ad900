/**
 * Denials in bounded memory. Refusals before and after authentication have quotas of their own, so that noise from
 * strangers can never push out what happened to a known caller; repeats count up one record.
 */
import { REFUSALS, STAGES } from "@agentos/contract";
import type { DenialRecord, DenialRecorder } from "../ports/denial-recorder.ts";

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

/** Creates the recorder. */
export function createMemoryDenialRecorder(options: MemoryDenialRecorderOptions): DenialRecorder {
  const { capacity = 1_000, windowSeconds = 600 } = options;
  const quotas = { before: new Map<string, MutableRecord>(), after: new Map<string, MutableRecord>() };
  const byId = new Map<string, MutableRecord>();

  return {
    record(denial) {
      const isKnownCaller = STAGES.indexOf(REFUSALS[denial.code].stage) > SIGNATURE_STAGE;
      const records = isKnownCaller ? quotas.after : quotas.before;
      const key = [denial.code, denial.route, clientPrefix(denial.client), denial.subject ?? ""].join("\n");
      const existing = records.get(key);
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
      records.delete(key);
      records.set(key, record);
      byId.set(record.id, record);
      if (existing !== undefined) byId.delete(existing.id);
      const [oldest] = records;
      if (records.size > capacity && oldest !== undefined) {
        records.delete(oldest[0]);
        byId.delete(oldest[1].id);
      }
      options.onRecord?.(record);
      return record.id;
    },
    find: (id) => byId.get(id),
    list: (limit) => [...byId.values()].sort((a, b) => b.lastTime - a.lastTime).slice(0, limit),
  };
}

/** The network that a client is in: one IPv4 /24 or IPv6 /48 counts as one source of repeats. */
function clientPrefix(client: string | undefined): string {
  if (client === undefined) return "";
  const v4 = /(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(client)?.[1];
  return v4 ?? client.split(":").slice(0, 3).join(":");
}
