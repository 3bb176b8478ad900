/**
 * One reading of an instance's policy at a time, shared by all who ask: any member may ask, and the control plane is not
 * to become the hose that somebody points at a host.
 */
import { createTurns } from "../store/create-turns.ts";
import { reject } from "../store/rejected.ts";
import { findInstance } from "./find-instance.ts";
import type { InstanceCaller, InstanceServices } from "./instance-services.ts";
import { readPolicy } from "./read-policy.ts";

export interface PolicyReader {
  /** As {@link readPolicy}; also rejects with INSTANCE_READINGS_BUSY. `isFresh`: what has just ended is read again. */
  read(
    caller: Pick<InstanceCaller, "organizationId" | "personId">,
    instanceId: string,
    options?: { readonly isFresh?: boolean | undefined },
  ): Promise<void>;
}

/** Seconds for which what was read, or could not be, is the answer for the next who asks. */
const FRESH_SECONDS = 2;
/** Of all instances together. */
const LIMITS = { running: 16, waiting: 64 } as const;

interface Reading {
  readonly outcome: Promise<void>;
  endedAt: number | undefined;
}

/** Creates it; `now` is in seconds since the epoch. */
export function createPolicyReader(
  services: Pick<InstanceServices, "store" | "callInstance" | "mintForPolicy">,
  now: () => number,
  { running, waiting }: { readonly running: number; readonly waiting: number } = LIMITS,
): PolicyReader {
  const readings = new Map<string, Reading>();
  const takeTurn = createTurns({
    running,
    waiting,
    refuse: () => reject("INSTANCE_READINGS_BUSY", { limit: waiting }),
  });

  function begin(key: string, work: () => Promise<void>): Promise<void> {
    const outcome = takeTurn(work);
    const reading: Reading = { outcome, endedAt: undefined };
    readings.set(key, reading);
    const end = () => {
      reading.endedAt = now();
    };
    outcome.then(end, end);
    return outcome;
  }

  return {
    async read({ organizationId, personId }, instanceId, { isFresh = false } = {}) {
      // Whoever does not see the instance is told nothing of it.
      const row = await services.store.read((db) =>
        findInstance(db, { organizationId, personId, instanceId }),
      );
      for (const [key, { endedAt }] of readings)
        if (endedAt !== undefined && endedAt <= now() - FRESH_SECONDS) readings.delete(key);
      // What was changed of it since is asked about anew.
      const key = JSON.stringify([instanceId, row.endpoint, row.updated_at]);
      const known = readings.get(key);
      if (known !== undefined && !(isFresh && known.endedAt !== undefined)) return known.outcome;
      return begin(key, () => readPolicy(services, { organizationId, personId }, instanceId));
    },
  };
}
