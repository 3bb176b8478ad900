/** People come to be by us alone: nobody signs up. */
import { randomUUID } from "node:crypto";
import type { Change } from "../store/control-plane-store.ts";

export interface NewPerson {
  /** Default: a new one. */
  readonly id?: string | undefined;
  readonly name: string;
  /** In lower case, as `emailSchema` gives it. Somebody else's fails the change. */
  readonly email: string;
}

/** Makes a person without a password, and gives their id. What they are anywhere is up to the caller, the audit entry too. */
export async function createPerson({ db, now }: Change, person: NewPerson): Promise<string> {
  const { id = randomUUID(), name, email } = person;
  await db
    .insertInto("agentos_cp_persons")
    .values({ id, name, email, email_verified: 0, image: null, created_at: now, updated_at: now })
    .execute();
  return id;
}
