/** The world of a row: one request to a control plane that rows share, and what was answered. */
import { z } from "zod";
import type { FixRow, Printed } from "../../fixes/fix-row.ts";
import type { Answer } from "../../support/http.ts";
import type { PlaneCall } from "../support/plane.ts";
import {
  connectInstance,
  createDraft,
  expectDone,
  joinPerson,
  openWorld,
  type Person,
  type World,
} from "../support/world.ts";

/** One request. It is sent once, whoever looks at its answer. */
export interface Asked {
  readonly call: PlaneCall;
  answer(): Promise<Answer>;
}

let opened: Promise<World> | undefined;
export const world = (): Promise<World> => (opened ??= openWorld());
export const closeWorld = async (): Promise<void> => (await opened)?.plane.close();

/** A request that is to be sent. */
export function asked(call: PlaneCall): Asked {
  let answer: Promise<Answer> | undefined;
  return { call, answer: () => (answer ??= world().then(({ plane }) => plane.send(call))) };
}

/** The same request once more, with some of it replaced. */
export const again = ({ call }: Asked, changed: Partial<PlaneCall> = {}): Asked =>
  asked({ ...call, ...changed });

/** Sends a request that has to pass. */
export async function done(call: PlaneCall): Promise<unknown> {
  const { plane } = await world();
  return JSON.parse((await expectDone(plane.send(call))).text);
}

const printed = z.object({ code: z.string(), fix: z.string() });

interface PlaneRow {
  readonly name?: string;
  readonly wrong: (world: World) => Promise<Asked> | Asked;
  readonly follows: RegExp;
  readonly apply: (asked: Asked, groups: readonly string[]) => Promise<Asked> | Asked;
}

/** A row: the request is refused, the printed fix is followed, and the request that it leads to passes. */
export function planeFix({ wrong, ...row }: PlaneRow): FixRow {
  const typed: FixRow<Asked> = {
    ...row,
    wrong: async () => wrong(await world()),
    async observe(one): Promise<readonly Printed[]> {
      const parsed = printed.safeParse(JSON.parse((await one.answer()).text));
      return parsed.success ? [{ ...parsed.data, place: "answer" }] : [];
    },
    async passes(one) {
      const { status, text } = await one.answer();
      if (status >= 300) throw new Error(`${status}: ${text}`);
    },
  };
  // Each row is handed only the worlds that it has made itself.
  return typed as FixRow;
}

/** Somebody new in the organization. */
export async function newPerson(role: string): Promise<Person> {
  const { plane, acme } = await world();
  return joinPerson(plane, { organizationId: acme.id, by: acme.owner, role, name: "Nora" });
}

/** A request below the organization, of its Owner unless somebody else is named. */
export async function inAcme(
  method: string,
  path: string,
  more: Pick<PlaneCall, "body"> & { readonly by?: Person } = {},
): Promise<PlaneCall> {
  const { acme } = await world();
  const { by = acme.owner, ...body } = more;
  return { method, path: `/api/organizations/${acme.id}${path}`, cookie: by.cookie, ...body };
}

/** Path of an instance that nobody else uses. */
export async function newInstance(): Promise<string> {
  const { plane, acme } = await world();
  return `/instances/${await connectInstance(plane, acme.id, acme.owner)}`;
}

export async function newDraft(): Promise<string> {
  const { plane, acme } = await world();
  return `/instances/${await createDraft(plane, acme.id, acme.owner)}`;
}

export const ABSENT = "5f0b6a52-3f0c-4a53-9d0e-6d1f6f1b7a11";
