/** The store of a chat, bound to the address, to what is known of the instance, and to the dialog about refusals. */
import { type AgentOSClient, AgentOSRefusal } from "@agentos/client";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useRefusal } from "../../components/refusal-area.tsx";
import { useToast } from "../../components/toast.tsx";
import { isSessionOver } from "../../lib/describe-fault.ts";
import { instanceKey, useInstance, useOpenClient } from "../../lib/instance-data.ts";
import type { Instance, InstanceList } from "../../lib/instance-state.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { type RunnableKind, SESSION_ROUTES } from "../../lib/runnable-kinds.ts";
import { useServices } from "../../lib/services.ts";
import { clip } from "../../lib/words.ts";
import { createStatusReader } from "./chat-status.ts";
import { createChatStore } from "./chat-store.ts";
import { isNotTaken } from "./is-not-taken.ts";

export interface ChatProps {
  readonly instanceId: string;
  readonly kind: RunnableKind;
  readonly agentId: string;
  readonly initialSessionId: string | undefined;
  /** Told before the address changes. */
  readonly onSession: (sessionId: string) => void;
}

function describeSwitched(instance: Instance | undefined) {
  const name = clip(instance?.name ?? "This instance", 60);
  if (instance?.desired.authorization === true)
    return {
      title: `${name} now requires authorization`,
      description: "Your message was sent again with a token.",
    };
  return instance?.desired.security_key === true
    ? {
        title: `${name} now asks for its security key`,
        description: "Your message was sent again with it.",
      }
    : { title: `${name} asks for no credential any more`, description: "Your message was sent again." };
}

/** Only an AgentOS of ours says which version of ours it is, and only that knows a request by its name. */
async function knowsKeys(client: AgentOSClient): Promise<boolean> {
  const { server_version: version }: { readonly server_version?: unknown } = await client.core.info();
  return typeof version === "string";
}

/** Also where a page has no secure context. */
function makeKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function useChatStore({ instanceId, kind, agentId, initialSessionId, onSession }: ChatProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { sessionWatch } = useServices();
  const openClient = useOpenClient();
  const instance = useInstance();
  const key = instanceKey(instance);
  const { explain } = useRefusal();
  const tell = useToast();
  const latest = useRef({ onSession, navigate, key, tell, explain: explainTurn });
  latest.current = { onSession, navigate, key, tell, explain: explainTurn };

  function explainTurn(turnKey: string): void {
    const turn = store.snapshot().turns.find((one) => one.key === turnKey);
    if (turn === undefined || !isRefused(turn.error)) return;
    explain({
      instanceId,
      error: turn.error,
      title:
        turn.state === "paused"
          ? "Your decision was not taken."
          : isNotTaken(turn.error)
            ? "Your message was not taken; it is kept."
            : "It is not known whether your message arrived; it is kept.",
      retry: () => store.retryUntilLetIn(turnKey),
    });
  }
  const made = useMemo(() => {
    // What was sent before somebody signed in again says nothing about their session.
    let sentIn = sessionWatch.signIns();
    const created = createChatStore({
      kind,
      agentId,
      sessionId: initialSessionId,
      openClient() {
        sentIn = sessionWatch.signIns();
        return openClient();
      },
      knowsKeys,
      makeKey,
      onSession(sessionId) {
        latest.current.onSession(sessionId);
        void queryClient.invalidateQueries({ queryKey: [...latest.current.key, "sessions"] });
        void latest.current.navigate({
          to: SESSION_ROUTES[kind],
          params: { instanceId, agentId, sessionId },
          replace: true,
        });
      },
      onFault(error, turnKey) {
        if (isSessionOver(error) && sentIn === sessionWatch.signIns()) sessionWatch.markOver();
        // Another one may have thrown a switch meanwhile.
        void queryClient.invalidateQueries({ queryKey: ["instances"] });
        if (
          turnKey !== undefined &&
          error instanceof AgentOSRefusal &&
          isRefused(error) &&
          !isSessionOver(error)
        )
          queueMicrotask(() => latest.current.explain(turnKey));
      },
      onEnd: () => void queryClient.invalidateQueries({ queryKey: [...latest.current.key, "sessions"] }),
      refresh: () => queryClient.refetchQueries({ queryKey: ["instances"] }),
      onSwitched() {
        const lists = queryClient.getQueriesData<InstanceList>({ queryKey: ["instances"] });
        const now = lists.flatMap(([, list]) => list?.data ?? []).find(({ id }) => id === instanceId);
        latest.current.tell(describeSwitched(now));
      },
      clock: () => performance.now(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const readStatus = createStatusReader(created.snapshot);
    return { store: created, readStatus, explainTurn: (turnKey: string) => latest.current.explain(turnKey) };
    // A chat is made once; what it is about is its key.
  }, [kind, agentId, instanceId, initialSessionId, openClient, queryClient, sessionWatch]);
  const { store } = made;
  useEffect(() => {
    void store.load();
    return () => store.close();
  }, [store]);
  return made;
}
