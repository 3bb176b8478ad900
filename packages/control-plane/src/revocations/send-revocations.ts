/**
 * Tells instances what was revoked. The rows are the truth: they were written with the change, so a process that dies
 * between the two leaves them to the next one. Every instance is told by itself, so one that is slow or down holds up no other.
 */
import { policySchema } from "@agentos/contract";
import type { Logger } from "@agentos/guard";
import { z } from "zod";
import type { CallInstance } from "../outbound/call-instance.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { Rejected } from "../store/rejected.ts";
import { describeFailure, describeUnsigned, readRevoked, type Sending } from "./describe-sending.ts";
import {
  claim,
  type DueInstance,
  findDueInstances,
  noteApplied,
  postpone,
  type RevocationRow,
  readDue,
  sweepRevocations,
} from "./due-revocations.ts";
import { type LastKnown, parseLastKnown } from "./leave-endpoint.ts";

/** A token of the control plane itself for one instance; rejects with a `Rejected` where there can be none. */
export type MintForMachine = (query: {
  readonly instanceId: string;
  readonly issuerId: string;
  /** Where it is the instance of an endpoint before; undefined: as it is now. */
  readonly lastKnown: LastKnown | undefined;
  readonly scope: "authz:read" | "authz:revoke";
}) => Promise<string>;

export interface RevocationSenderOptions {
  readonly store: ControlPlaneStore;
  readonly callInstance: CallInstance;
  readonly mintForMachine: MintForMachine;
  /** What tokens for the instance name as their `iss`. */
  readonly issuerOf: (issuerId: string) => string;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly logger: Logger;
}

export interface RevocationSender {
  /** Something was queued and is committed: sends it now, in the background. */
  hint(): void;
  /** Sends what is due, and resolves once nothing of it is under way. */
  send(): Promise<void>;
  /** From now on looks every two seconds: for what others have queued, and for what has to be tried again. */
  start(): void;
  /** Begins nothing more, and waits for what is under way. */
  close(): Promise<void>;
}

const MAX_INSTANCES_AT_ONCE = 16;
const LOOK_MS = 2_000;
const LOOKS_PER_SWEEP = 300;

/** Creates it. */
export function createRevocationSender(options: RevocationSenderOptions): RevocationSender {
  const { store, now, logger } = options;
  const lanes = new Map<string, Promise<void>>();
  let isClosed = false;
  let isFailing = false;
  let looking: Promise<void> | undefined;
  let mustLookAgain = false;
  let timer: NodeJS.Timeout | undefined;
  let looks = 0;

  function look(): Promise<void> {
    if (isClosed) return Promise.resolve();
    mustLookAgain = true;
    looking ??= lookUntilQuiet();
    return looking;
  }

  async function lookUntilQuiet(): Promise<void> {
    const isAsked = () => mustLookAgain && !isClosed;
    while (isAsked()) {
      mustLookAgain = false;
      await startLanes();
    }
    looking = undefined;
  }

  async function startLanes(): Promise<void> {
    const limit = MAX_INSTANCES_AT_ONCE - lanes.size;
    if (limit === 0) return;
    try {
      for (const due of await findDueInstances(store, { now: now(), busy: new Set(lanes.keys()), limit }))
        lanes.set(due.issuerId, runLane(due));
      isFailing = false;
    } catch (cause) {
      report(cause);
    }
  }

  async function runLane(due: DueInstance): Promise<void> {
    let isDone = false;
    try {
      await tellInstance(due, options);
      isDone = true;
    } catch (cause) {
      report(cause);
    }
    lanes.delete(due.issuerId);
    // More of it may be due, and others may wait for its place; what failed waits for the next look.
    if (isDone) void look();
  }

  /** Once, until it works again: a database that is down is no news every two seconds. */
  function report(cause: unknown): void {
    if (!isFailing) logger.error({ cause }, "revocations cannot be sent for now");
    isFailing = true;
  }

  async function settle(): Promise<void> {
    const isBusy = () => looking !== undefined || lanes.size > 0;
    while (isBusy()) await Promise.all([looking, ...lanes.values()]);
  }

  function schedule(): void {
    timer = setTimeout(() => void lookByTheClock(), LOOK_MS);
    timer.unref();
  }

  async function lookByTheClock(): Promise<void> {
    looks += 1;
    try {
      if (looks % LOOKS_PER_SWEEP === 0) await sweepRevocations(store);
    } catch (cause) {
      report(cause);
    }
    await look();
    if (!isClosed) schedule();
  }

  return {
    hint: () => void look(),
    async send() {
      await look();
      await settle();
    },
    start() {
      if (timer !== undefined || isClosed) return;
      schedule();
      void look();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await settle();
    },
  };
}

async function tellInstance(due: DueInstance, options: RevocationSenderOptions): Promise<void> {
  const { store, now, random } = options;
  const rows = await readDue(store, due.issuerId, now());
  try {
    await sendRows(due, rows, options);
  } catch (cause) {
    // Whatever it is, it may be so again: without a wait it would be tried for ever.
    await postpone(store, rows, {
      trouble: "the control plane fails to send it, and its log says why",
      random,
    });
    throw cause;
  }
}

async function sendRows(
  due: DueInstance,
  rows: readonly RevocationRow[],
  options: RevocationSenderOptions,
): Promise<void> {
  if (rows.length === 0) return;
  const { store, random } = options;
  const prepared = await prepare(due, rows, options);
  if ("trouble" in prepared) return postpone(store, rows, { trouble: prepared.trouble, random });
  for (const [index, row] of rows.entries()) {
    if (!(await claim(store, row))) continue;
    const sending = await sendOne(row, prepared, options);
    if (sending.kind === "applied") await noteApplied(store, row.revocation_no);
    else if (sending.isForAll)
      return postpone(store, rows.slice(index), { trouble: sending.trouble, random });
    else await postpone(store, [row], { trouble: sending.trouble, random });
  }
}

interface Prepared {
  readonly endpoint: string;
  readonly token: string;
  /** Name that the instance has for us; undefined where it needs none. */
  readonly issuer: string | undefined;
}

async function prepare(
  { instanceId, issuerId, endpoint: current }: DueInstance,
  rows: readonly RevocationRow[],
  { callInstance, mintForMachine, issuerOf }: RevocationSenderOptions,
): Promise<Prepared | { readonly trouble: string }> {
  const json = rows[0]?.last_known_json ?? null;
  const lastKnown = json === null ? undefined : parseLastKnown(json);
  const endpoint = lastKnown?.endpoint ?? current;
  if (endpoint === null) return { trouble: "the instance has no endpoint" };
  const query = { instanceId, issuerId, lastKnown };
  try {
    const token = await mintForMachine({ ...query, scope: "authz:revoke" });
    if (rows.every(({ kind }) => kind === "key")) return { endpoint, token, issuer: undefined };
    const reader = await mintForMachine({ ...query, scope: "authz:read" });
    const answer = await callInstance({ endpoint, method: "GET", path: "/authz/policy", token: reader });
    if (answer.kind !== "answered" || answer.status !== 200) return describeFailure(answer);
    const policy = readPolicySchema.safeParse(answer.body);
    if (!policy.success)
      return { trouble: "what answers at the endpoint does not answer as an AgentOS of ours" };
    const issuer = findIssuerName(policy.data, issuerOf(issuerId));
    return issuer === undefined
      ? { trouble: "the instance does not trust the issuer of this control plane, so it refuses its tokens" }
      : { endpoint, token, issuer };
  } catch (cause) {
    if (cause instanceof Rejected) return describeUnsigned(cause);
    throw cause;
  }
}

/** A later version of ours may say more, and say it otherwise: nothing but this has to be there. */
const readPolicySchema = z.object({
  issuers: z.array(policySchema.shape.issuers.element.pick({ name: true, issuer: true })),
});

/**
 * A sign-in is revoked under the name that the operator of the instance has for its issuer. One that is not checked stands
 * for us only where it is alone: beside others it is that of tokens that name none.
 */
function findIssuerName({ issuers }: z.infer<typeof readPolicySchema>, ours: string): string | undefined {
  const [only, ...others] = issuers;
  const unchecked = others.length === 0 && only?.issuer === null ? only : undefined;
  return (issuers.find(({ issuer }) => issuer === ours) ?? unchecked)?.name;
}

async function sendOne(
  row: RevocationRow,
  { endpoint, token, issuer }: Prepared,
  { callInstance }: RevocationSenderOptions,
): Promise<Sending> {
  const answer = await callInstance({
    endpoint,
    method: "POST",
    path: "/authz/revocations",
    token,
    body: {
      kind: row.kind,
      value: row.value,
      ...(row.kind === "key" || issuer === undefined ? {} : { issuer }),
      ...(row.kind === "subject" && row.issued_before !== null
        ? { issued_before: Math.ceil(row.issued_before) }
        : {}),
    },
  });
  return readRevoked(answer, row);
}
