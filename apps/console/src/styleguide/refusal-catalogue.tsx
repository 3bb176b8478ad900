/**
 * Every code of the catalogue that a person can meet, as the dialog shows it. The story of it looks whether each has a cause,
 * evidence and a fix; people look here at the words.
 */
import { CAUSES, REFUSALS, renderNeutral } from "@agentos/contract";
import { RefusalView } from "../components/refusal-panel.tsx";
import type { Explanation } from "../lib/explain-refusal.ts";
import type { Instance } from "../lib/instance-state.ts";
import { planFixes } from "../lib/refusal-fixes.ts";
import type { RefusalSession } from "../lib/use-refusal.ts";
import { asSentence } from "../lib/words.ts";

/** What only who runs a command meets, and what a socket is closed with, is shown elsewhere. */
const OTHERS = /^CLI_|_SOCKET_/;
const ENTRIES = Object.entries({ ...REFUSALS, ...CAUSES }).filter(([code]) => !OTHERS.test(code));
const WAYS_OUT = [
  "INSTANCE_BOTH_SWITCHES_ON",
  "INSTANCE_VERSION_WITHOUT_JWT",
  "INSTANCE_AUTHORIZATION_MISSING",
];
const WHO_GIVES = "an Owner or Administrator";

const INSTANCE: Instance = {
  id: "shop",
  name: "Shop",
  endpoint: "http://127.0.0.1:7777",
  environment: "local",
  tags: [],
  is_draft: false,
  os_id: "before",
  desired: { authorization: true, security_key: true },
  observed: {
    at: 1,
    source: "browser",
    is_reachable: true,
    mode: "jwt",
    authorization: "on",
    security_key: "unknown",
    version: "2.9.0",
    os_id: "shop",
    thumbprints: null,
  },
  version: "2.9.0",
  version_source: "reported",
  is_ours: true,
  findings: [],
  created_at: 1,
  updated_at: 1,
  created_by: null,
};

export function RefusalCatalogue() {
  return (
    <main className="mx-auto flex max-w-2xl flex-col gap-6 px-4 py-10">
      <h1 className="text-xl font-semibold tracking-tight">Refusals, by code</h1>
      {ENTRIES.map(([code, { title, fix }]) => (
        <article
          key={code}
          aria-label={code}
          className="flex min-w-0 flex-col gap-4 rounded-lg border border-line-strong bg-raised p-4"
        >
          <RefusalView session={makeSession(code, asWords(title), asWords(fix))} />
        </article>
      ))}
    </main>
  );
}

/** Who can do it is always named: here it is a role as any other. */
function asWords(text: string): string {
  return asSentence(renderNeutral(text, "npx agentos").replaceAll("<who can>", WHO_GIVES));
}

function makeSession(code: string, cause: string, fix: string): RefusalSession {
  const missing = /^SCOPE_|_ROLE_|_SCOPE_/.test(code) ? ["authz:read"] : [];
  const explanation: Explanation = {
    cause,
    certainty: "certain",
    isQuoted: false,
    code,
    status: missing.length > 0 ? 403 : 401,
    fix,
    command: undefined,
    choices: WAYS_OUT.includes(code) ? CHOICES : [],
    evidence: [{ fact: `evidence of ${code}`, source: "the answer" }],
    others: [],
    route: "GET /authz/policy",
    denialId: "den_0123456789abcdef",
    denial: undefined,
    requiredScopes: missing,
    missingScopes: missing,
  };
  const isOfControlPlane = /^AUTH_SIGN_IN_(?:REQUIRED|ENDED)$|^SCOPE_(?:ROLE|NOT_A)/.test(code);
  const instance = isOfControlPlane ? undefined : INSTANCE;
  return {
    explanation,
    isExplaining: false,
    instance,
    actions: planFixes({
      explanation,
      instance,
      consoleOrigin: "http://localhost:7778",
      whoGives: missing.length > 0 ? WHO_GIVES : undefined,
    }),
    state: "refused",
    refusedAgain: 0,
    isCheck: false,
    isUntold: false,
    tryAgain: () => undefined,
    fix: () => undefined,
    fixing: undefined,
    fixed: undefined,
    fixFault: null,
  };
}

const CHOICES: Explanation["choices"] = [
  {
    id: "authorization-only",
    title: "Use Authorization (JWT) only",
    steps: ["switch Security key off here", "unset OS_SECURITY_KEY on the instance"],
    is_preferred: true,
  },
  {
    id: "security-key-only",
    title: "Use the security key only",
    steps: ["switch Authorization off here", "unset JWT_VERIFICATION_KEY on the instance"],
    is_preferred: false,
  },
];
