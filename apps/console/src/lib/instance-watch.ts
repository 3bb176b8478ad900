/** Looks at an instance again and again, reports what this browser sees, and tries whether the person is let in. */
import { type ControlPlaneClient, isClientError } from "@agentos/client";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { requireSameEndpoint } from "./instance-clients.ts";
import { noteLetIn, noteRefused } from "./instance-standing.ts";
import type { Instance } from "./instance-state.ts";
import { isKnownToDocument, refreshInstances, replaceInstance, useInstanceParameters } from "./instances.ts";
import { waitForLook, waitForTrial } from "./next-look.ts";
import { type ProbeAnswer, type ProbeReport, probeEndpoint, probeWithCredential } from "./probe-endpoint.ts";
import { type Services, useServices } from "./services.ts";
import { useThisBrowser } from "./this-browser.ts";
import type { Trial } from "./trial.ts";

export interface WatchOptions {
  /** Nothing is left to wait for: look once more only when the page comes back into view. */
  readonly isSettled: boolean;
}

/** Looks, and reports: every page has what the control plane makes of it. */
export function useInstanceProbe(
  instance: Instance,
  { isSettled }: WatchOptions,
): UseQueryResult<ProbeReport> {
  const { controlPlane, queryClient } = useServices();
  const tools = useThisBrowser();
  const parameters = useInstanceParameters(instance.id);
  const { id, endpoint } = instance;
  return useQuery({
    queryKey: ["probe", id, endpoint],
    enabled: endpoint !== null && isKnownToDocument(queryClient, instance),
    queryFn: async ({ signal }) => {
      const asked = endpoint ?? "";
      const report = await probeEndpoint(asked, tools, signal);
      const { outcome, answers } = report;
      const seen = await controlPlane.instances.observe(
        { parameters, body: { endpoint: asked, outcome, answers: [...answers] } },
        { signal },
      );
      replaceInstance(queryClient, parameters.organization_id, seen);
      return report;
    },
    refetchInterval: ({ state }) => (isSettled ? false : waitForLook(countLooks(state))),
    staleTime: 5_000,
  });
}

/** Tries it as who is signed in. */
export function useTrial(instance: Instance, { isSettled }: WatchOptions): UseQueryResult<Trial> {
  const services = useServices();
  const { controlPlane, instanceClients, queryClient } = services;
  const tools = useThisBrowser();
  const parameters = useInstanceParameters(instance.id);
  const { id, endpoint, desired, is_draft: isDraft, os_id: osId, observed } = instance;
  const hasKey = instanceClients.hasSecurityKey(instance);
  // Whoever was let in while it asked for nothing has shown nothing of what it asks for now.
  const asksFor = observed?.mode ?? null;
  return useQuery({
    // The key itself is in no key of a query.
    queryKey: ["trial", id, endpoint, desired, osId, asksFor, hasKey, instanceClients.securityKeyVersion(id)],
    enabled: endpoint !== null && !isDraft && isKnownToDocument(queryClient, instance),
    queryFn: async ({ signal }): Promise<Trial> => {
      const at = endpoint ?? "";
      if (!desired.authorization && desired.security_key) {
        const text = instanceClients.readSecurityKey(instance);
        if (text === undefined) return { kind: "no-key" };
        const report = await probeWithCredential(at, { kind: "security-key", text }, tools, signal);
        return judge(services, { parameters, instance }, report, "security-key", undefined);
      }
      if (!desired.authorization) {
        const report = await probeWithCredential(at, undefined, tools, signal);
        return judge(services, { parameters, instance }, report, "none", undefined);
      }
      let minted: MintedToken;
      try {
        minted = await controlPlane.tokens.mint({ parameters, body: { purpose: "console" } }, { signal });
        if (minted.endpoint !== at) void refreshInstances(queryClient, parameters.organization_id);
        requireSameEndpoint(minted, at);
      } catch (error) {
        if (isClientError(error)) return { kind: "no-token", error };
        throw error;
      }
      const { token, jti } = minted;
      const report = await probeWithCredential(at, { kind: "minted", text: token }, tools, signal);
      return judge(services, { parameters, instance }, report, "minted", jti);
    },
    refetchInterval: ({ state }) =>
      isSettled || state.data?.kind === "no-key" || state.data?.kind === "let-in"
        ? false
        : waitForTrial(countLooks(state)),
    staleTime: 5_000,
  });
}

type MintedToken = Awaited<ReturnType<ControlPlaneClient["tokens"]["mint"]>>;
type Parameters = ReturnType<typeof useInstanceParameters>;

async function judge(
  { controlPlane, queryClient }: Services,
  { parameters, instance }: { readonly parameters: Parameters; readonly instance: Instance },
  { outcome, answers, date }: ProbeReport,
  credential: "minted" | "security-key" | "none",
  jti: string | undefined,
): Promise<Trial> {
  const answer: ProbeAnswer | undefined = answers.find(({ route }) => route === "GET /config");
  if (answer?.status === 200) {
    noteLetIn(queryClient, instance);
    return { kind: "let-in", credential };
  }
  const { causes } = await controlPlane.diagnoses.create({
    parameters,
    body: {
      request: { method: "GET", path: "/config" },
      outcome,
      ...(answer === undefined
        ? {}
        : {
            answer: {
              status: answer.status,
              ...(answer.body === undefined ? {} : { body: answer.body }),
              ...(date === undefined ? {} : { date }),
            },
          }),
      credential:
        credential === "minted" && jti !== undefined
          ? { kind: "minted", jti }
          : credential === "security-key"
            ? { kind: "security-key" }
            : { kind: "none" },
    },
  });
  noteRefused(queryClient, instance, causes);
  return { kind: "refused", credential, status: answer?.status, causes };
}

/** Those that have failed count too. */
function countLooks(state: { readonly dataUpdateCount: number; readonly errorUpdateCount: number }): number {
  return state.dataUpdateCount + state.errorUpdateCount;
}
