import { createTestKey } from "@agentos/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ok } from "../../outcome/result.ts";
import { failed, JWKS_URL, keySet, notModified, type Step, setUpRemoteKeys } from "./remote-keys.fixture.ts";

const [a, b, c] = [
  await createTestKey("ES256", { kid: "a" }),
  await createTestKey("ES256", { kid: "b" }),
  await createTestKey("ES256", { kid: "c" }),
];

/** Sets by name; each has its own ETag. An empty one is a valid answer too: it withdraws every key. */
const SETS = { a: [a], ab: [a, b], bc: [b, c], empty: [] } as const;
const setNames = ["a", "ab", "bc", "empty"] as const;
const failures = {
  failure: failed(),
  rejection: "reject",
  junk: ok({ kind: "document" as const, text: "<html>" }),
} as const;

type Event = (typeof setNames)[number] | keyof typeof failures | "unchanged";

const event = fc.constantFrom<Event>(...setNames, "unchanged", "unchanged", "failure", "rejection", "junk");

function answerOf(happened: Event): Step {
  if (happened === "unchanged") return notModified();
  return happened in SETS
    ? keySet(SETS[happened as keyof typeof SETS], { etag: `"${happened}"` })
    : failures[happened as keyof typeof failures];
}

/** What the source must know, kept by the rules in words and not by its code. */
function createModel(now: () => number) {
  let good: keyof typeof SETS = "a";
  let goodAt = now();
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    wasAsked(happened: Event) {
      expect(now() - failedAt).toBeGreaterThanOrEqual(10);
      if (happened in failures) {
        failedAt = now();
        return;
      }
      goodAt = now();
      if (happened in SETS) good = happened as keyof typeof SETS;
    },
    kids: () => (now() - goodAt <= 3_600 ? SETS[good].map(({ kid }) => kid) : []),
  };
}

describe("whatever an issuer answers, and however long apart", () => {
  it("no key older than an hour is used, no good set is lost to a failure, and the cool-down holds", async () => {
    const steps = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 2_000 })), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const first = keySet(SETS.a, { etag: '"a"' });
        const { clock, source, issuer, kids } = await setUpRemoteKeys({ answers: { [JWKS_URL]: first } });
        const model = createModel(clock.now);
        let asked = issuer.calls.length;
        const compare = (happened: Event) => {
          expect(issuer.calls.length - asked).toBeLessThanOrEqual(1);
          if (issuer.calls.length > asked) model.wasAsked(happened);
          asked = issuer.calls.length;
        };
        for (const [happened, seconds] of script) {
          clock.advance(seconds);
          issuer.answers[JWKS_URL] = answerOf(happened);
          await source.refresh("some-kid");
          compare(happened);
          expect(kids()).toEqual(model.kids());
          // What the look above may have begun behind it has to end before the next answer is scripted.
          await source.refresh("some-kid");
          compare(happened);
          expect(kids()).toEqual(model.kids());
        }
      }),
      { numRuns: 300 },
    );
  });
});
