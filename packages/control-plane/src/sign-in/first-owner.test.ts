import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMAND_LINE } from "../store/actor.ts";
import { openTestStore, type TestStore } from "../store/test-store.fixture.ts";
import { untilBlocked } from "../store/until-blocked.fixture.ts";
import { createPerson } from "./create-person.ts";
import { createSignIn } from "./create-sign-in.ts";
import { createOwnedOrganization, lockFirstOwner } from "./first-owner.ts";
import { createLocalLink, createOwnerLink } from "./ways-in.ts";

const EMAIL = "first@example.com";

// On SQLite one writer waits for the other anyway.
describe("while somebody becomes the first Owner, on postgres", () => {
  let test: TestStore;
  beforeEach(async () => {
    test = await openTestStore("postgres");
  });
  afterEach(() => test.close());

  /** Begins `work` before that is committed. */
  async function meetFirstOwner<Result>(work: () => Promise<Result>): Promise<Result> {
    const { store } = test;
    const { met } = await store.change(COMMAND_LINE, async (change) => {
      await lockFirstOwner(change, store.dialect);
      const personId = await createPerson(change, { name: "First", email: EMAIL });
      await createOwnedOrganization(change, { personId, name: "First" });
      const begun = work();
      await untilBlocked(store, begun);
      return { met: begun };
    });
    return met;
  }
  const countOwners = () =>
    test.store.read((db) => db.selectFrom("agentos_cp_members").select("person_id").execute());

  it("an owner link waits, and signs that Owner in", async () => {
    expect(await meetFirstOwner(() => createOwnerLink(test.store))).toMatchObject({ email: EMAIL });
  });

  it("a start on the machine waits, and makes no other one", async () => {
    await meetFirstOwner(() => createLocalLink(test.store, "Local organization"));
    expect(await countOwners()).toHaveLength(1);
  });

  it("an owner link that was made before waits, and makes no other one", async () => {
    const { store, clock } = test;
    const { link } = await createOwnerLink(store);
    const signIn = createSignIn({
      store,
      publicUrl: new URL("http://localhost:7778"),
      secret: "a secret of this test, of no other",
      now: () => clock.now,
    });
    const redeemed = meetFirstOwner(() =>
      signIn.redeemLink(
        {
          secret: link.secret,
          name: "Second",
          email: "second@example.com",
          password: "four words of a test",
        },
        { address: undefined, userAgent: null },
      ),
    );
    await expect(redeemed).rejects.toMatchObject({ code: "LINK_OWNER_EXISTS" });
    expect(await countOwners()).toHaveLength(1);
  });
});
