/** One refusal on its way from red to green: why it was refused, what mends it, and the same request again. */
import { type ClientError, isClientError } from "@agentos/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { applyFix } from "./apply-fix.ts";
import { askAgain, isGone } from "./ask-again.ts";
import { askWhy, isBlockedByPage, isOfInstance } from "./diagnose-call.ts";
import { type Explanation, explainRefusal, readNeededScopes } from "./explain-refusal.ts";
import { noteLetIn, noteRefused } from "./instance-standing.ts";
import type { Instance } from "./instance-state.ts";
import { useInstances } from "./instances.ts";
import { nameCaller, readScopesToGive } from "./name-caller.ts";
import { useMemberNames } from "./people.ts";
import { isUntold } from "./recorded-call.ts";
import { type FixAction, isButton, planFixes } from "./refusal-fixes.ts";
import { idOfError, type RefusedCall } from "./refused-call.ts";
import { findMissingScopes } from "./scope-words.ts";
import { useServices } from "./services.ts";
import { useMembership, useWhoGives } from "./session.ts";
import { useThisBrowser } from "./this-browser.ts";

export interface RefusalSession {
  readonly explanation: Explanation;
  /** The control plane is still being asked. */
  readonly isExplaining: boolean;
  /** What mends it, the first before the others. */
  readonly actions: readonly FixAction[];
  /** Undefined where the control plane itself has refused. */
  readonly instance: Instance | undefined;
  readonly state: "refused" | "trying" | "passed";
  /** How often it was tried again, and refused again. */
  readonly refusedAgain: number;
  /** Undefined where it must not be sent twice. */
  readonly tryAgain: (() => void) | undefined;
  /** Trying again does nothing of what was refused: it only finds out. */
  readonly isCheck: boolean;
  /** It was tried again, and the answer shows neither. */
  readonly isUntold: boolean;
  readonly fix: (action: FixAction, value?: string) => void;
  readonly fixing: FixAction | undefined;
  /** Done here; what is left is on the instance. */
  readonly fixed: FixAction | undefined;
  readonly fixFault: ClientError | null;
}

export function useRefusalSession(call: RefusedCall): RefusalSession {
  const services = useServices();
  const browser = useThisBrowser();
  const { organization, scopes } = useMembership();
  const [error, setError] = useState(call.error);
  const [refusedAgain, setRefusedAgain] = useState(0);
  const instances = useInstances();
  const found = instances.data?.data.find(({ id }) => id === call.instanceId);
  const organizationId = organization.id;
  const isInstances = found !== undefined && isOfInstance(error, found);

  const why = useQuery({
    queryKey: ["refusal", organizationId, call.instanceId, idOfError(error)],
    queryFn: async () => {
      if (found === undefined) return undefined;
      // Of the request that was tried again there is more.
      const record = error === call.error ? call.record : undefined;
      const asked = { organizationId, instance: found, error, record, isOfOthers: call.isOfOthers === true };
      const known = await askWhy({ ...services, browser }, asked);
      if (record === undefined && known.diagnosis !== undefined)
        noteRefused(services.queryClient, found, known.diagnosis.causes);
      return known;
    },
    enabled: isInstances,
    staleTime: Number.POSITIVE_INFINITY,
  });

  const isAskingOthers = useRef(false);
  const again = useMutation({
    mutationFn: async () => {
      const { instanceId, retry } = call;
      if (retry === undefined) throw new Error("INVARIANT: what cannot be sent again has no button for it");
      const needsNewToken = isAskingOthers.current;
      return askAgain(services, { organizationId, call: { instanceId, retry }, needsNewToken });
    },
    onSuccess: (asked) => {
      noteLetIn(services.queryClient, asked);
      call.onResolved?.();
      // What else was refused there may be let in as well.
      void services.queryClient.invalidateQueries({
        predicate: ({ queryKey, state }) => state.error !== null && queryKey.includes(call.instanceId),
      });
    },
    onError: (next) => {
      if (!isClientError(next) || isUntold(call, next)) return;
      if (!isGone(next)) setRefusedAgain((count) => count + 1);
      setError(next);
    },
  });
  const fix = useMutation({
    mutationFn: ({ action, value }: { readonly action: FixAction; readonly value: string }) =>
      applyFix(services, action, { organizationId, instance: found }, value),
    onSuccess: (isDone, { action }) => {
      if (isDone && call.retry !== undefined && isButton(action) && action.kind !== "reload") again.mutate();
    },
  });

  const known = explainRefusal({ error, ...why.data });
  const instance = isInstances ? found : undefined;
  const { subject } = call;
  const needed = subject === undefined ? readNeededScopes(known) : readScopesToGive(known);
  // Whoever has them asks nobody for themselves.
  const isAsked = subject !== undefined || findMissingScopes(needed, scopes, []) !== undefined;
  const whoGives = useWhoGives(isAsked ? needed : []);
  const names = useMemberNames(subject !== undefined);
  const person = subject === undefined ? undefined : { subject, name: names.get(subject ?? ""), whoGives };
  const explanation = nameCaller(known, person);
  const { denialId } = explanation;
  const { refusedCalls } = services;
  useEffect(() => {
    if (denialId !== undefined && call.record === undefined) refusedCalls.keep(denialId, { ...call, error });
  }, [denialId, call, error, refusedCalls]);

  const actions = planFixes({
    explanation,
    instance,
    whoGives,
    consoleOrigin: globalThis.location.origin,
    isOfOthers: call.isOfOthers === true,
    member:
      typeof subject === "string" && person?.name !== undefined
        ? { id: subject, name: person.name }
        : undefined,
    isBlockedByPage: found !== undefined && isBlockedByPage(services, { error, instance: found }),
  });
  const isAsking = actions.some(({ kind }) => kind === "ask");
  useEffect(() => {
    isAskingOthers.current = isAsking;
  }, [isAsking]);

  return {
    explanation,
    actions,
    isExplaining: isInstances && why.isPending,
    instance,
    state: again.isSuccess ? "passed" : again.isPending ? "trying" : "refused",
    refusedAgain,
    tryAgain: call.retry === undefined ? undefined : () => again.mutate(),
    isCheck: call.isCheck === true,
    isUntold: isClientError(again.error) && isUntold(call, again.error),
    fix: (action, value = "") => fix.mutate({ action, value }),
    fixing: fix.isPending ? fix.variables.action : undefined,
    fixed: fix.data === true ? fix.variables.action : undefined,
    fixFault: fix.error,
  };
}
