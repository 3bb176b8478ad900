// The cached decision: who calls and whether they may, for a token that was verified before.
import { createPublicKey, verify } from "node:crypto";
import { createAuthGuard, type GuardedRequest } from "@agentos/guard";
import { type MeasureOptions, measure, median, medianRatio, syncTask } from "./measure.ts";
import { micros, type Section, times } from "./report.ts";
import { AUDIENCE, createTokens } from "./tokens.ts";

const CACHED_MINIMUM = 10;

export async function benchDecision(options: MeasureOptions & { readonly tokens: number }): Promise<Section> {
  const { key, tokens } = await createTokens("RS256", Math.min(options.tokens, 1_000));
  const guard = await createAuthGuard({
    id: AUDIENCE,
    env: {},
    authorizationConfig: { verificationKeys: [key.verificationKey] },
  });
  const route = guard.protect(["agents:read"]);
  const requests = tokens.map(toRequest);
  for (const request of requests) {
    const outcome = await route.check(request);
    if (!outcome.isAllowed) throw new Error(`the benchmark's own token is refused: ${outcome.answer.body}`);
  }
  const [oneToken] = requests;
  const raw = createRaw(key.verificationKey, tokens);
  const one = syncTask("cached decision, one caller", () => checkAtOnce(oneToken));
  const many = syncTask(`cached decision, ${requests.length} callers in turn`, (turn) =>
    checkAtOnce(requests[turn % requests.length]),
  );
  const timings = await measure([raw, one, many], options);
  guard.close();

  function checkAtOnce(request: GuardedRequest | undefined): void {
    const outcome = request && route.check(request);
    if (outcome === undefined || outcome instanceof Promise || !outcome.isAllowed)
      throw new Error("not answered from the cache");
  }

  const [rawTiming, ...decisions] = timings;
  if (rawTiming === undefined) throw new Error("INVARIANT: the raw limit is measured");
  const speed = Math.min(...decisions.map((timing) => medianRatio(rawTiming.cpu, timing.cpu)));
  return {
    title: "Cached decision, through the guard: credential, cache, times, scopes",
    head: ["", "us/op", "CPU us/op", "raw CPU is x of it"],
    rows: timings.map((timing) => [
      timing.name,
      micros(median(timing.wall)),
      micros(median(timing.cpu)),
      times(medianRatio(rawTiming.cpu, timing.cpu)),
    ]),
    verdicts: [
      {
        target: `cached decision at least ${CACHED_MINIMUM}x as fast as a raw RS256 verification`,
        measured: times(speed),
        isMet: speed >= CACHED_MINIMUM,
      },
    ],
  };
}

function toRequest(token: string): GuardedRequest {
  const headers = new Headers({ authorization: `Bearer ${token}`, host: "localhost:7777" });
  return { method: "GET", clientAddress: "127.0.0.1", header: (name) => headers.get(name) };
}

function createRaw(pem: string, tokens: readonly string[]) {
  const publicKey = createPublicKey(pem);
  const inputs = tokens.map((token) => {
    const end = token.lastIndexOf(".");
    return {
      data: Buffer.from(token.slice(0, end)),
      signature: Buffer.from(token.slice(end + 1), "base64url"),
    };
  });
  return syncTask("raw RS256 node:crypto", (turn) => {
    const input = inputs[turn % inputs.length];
    if (input === undefined || !verify("sha256", input.data, publicKey, input.signature))
      throw new Error("not valid");
  });
}
