/** A conversation with an agent, a team or a workflow. */
import type { AgentOSClient } from "@agentos/client";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { WifiOff } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ErrorState } from "../../components/error-state.tsx";
import { RefusalPanel } from "../../components/refusal-panel.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { useInstance } from "../../lib/instance-data.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { mayAct } from "../../lib/rights.ts";
import { KINDS, type RunnableKind } from "../../lib/runnable-kinds.ts";
import { useRunnables } from "../../lib/runnables.ts";
import { useMembership, useMissingScopes } from "../../lib/session.ts";
import { clip } from "../../lib/words.ts";
import { Beginning } from "./beginning.tsx";
import { ChatHead } from "./chat-head.tsx";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { SessionRail } from "./session-rail.tsx";
import { toContinuingCurl, toCurl } from "./to-curl.ts";
import { isActive } from "./turn.ts";
import type { TurnActions } from "./turn-actions.ts";
import { TurnView } from "./turn-view.tsx";
import { type ChatProps, useChatStore } from "./use-chat-store.ts";
import { useDraft } from "./use-draft.ts";

export const AgentChatPage = () => <ChatPage kind="agents" />;
export const TeamChatPage = () => <ChatPage kind="teams" />;
export const WorkflowChatPage = () => <ChatPage kind="workflows" />;

function ChatPage({ kind }: { readonly kind: RunnableKind }) {
  const { instanceId = "", agentId = "", sessionId } = useParams({ strict: false });
  /** Another conversation is another chat; one that gets its session is the same. */
  const [chat, setChat] = useState<ShownChat>({ count: 0, agentId, instanceId, sessionId, made: undefined });
  const shown = showChat(chat, { agentId, instanceId, sessionId });
  if (shown !== chat) setChat(shown);
  return (
    <div
      data-fills
      className="grid min-h-0 flex-1 grid-cols-1 grid-rows-[minmax(0,1fr)] lg:grid-cols-[15rem_minmax(0,1fr)]"
    >
      <SessionRail instanceId={instanceId} kind={kind} agentId={agentId} sessionId={sessionId} />
      <Chat
        key={shown.count}
        kind={kind}
        agentId={agentId}
        instanceId={instanceId}
        initialSessionId={sessionId}
        onSession={(made) => setChat((before) => ({ ...before, made }))}
      />
    </div>
  );
}

interface Address {
  readonly agentId: string;
  readonly instanceId: string;
  readonly sessionId: string | undefined;
}

interface ShownChat extends Address {
  readonly count: number;
  /** The session that it got: its address follows. */
  readonly made: string | undefined;
}

function showChat(chat: ShownChat, address: Address): ShownChat {
  const { agentId, instanceId, sessionId } = address;
  const isSamePlace = chat.agentId === agentId && chat.instanceId === instanceId;
  if (isSamePlace && chat.sessionId === sessionId) return chat;
  const isArriving = isSamePlace && chat.sessionId === undefined && chat.made === sessionId;
  return isArriving ? { ...chat, sessionId } : { ...address, count: chat.count + 1, made: undefined };
}

function Chat(props: ChatProps) {
  const { instanceId, kind, agentId } = props;
  // The session that it begins with: one that it gets later is no other chat.
  const [initialSessionId] = useState(props.initialSessionId);
  const { store, readStatus, explainTurn } = useChatStore({ ...props, initialSessionId });
  const status = useSyncExternalStore(store.subscribe, readStatus);
  const instance = useInstance();
  const { scopes } = useMembership();
  const component = useRunnables()[kind].find(({ id }) => id === agentId);
  const name = clip(component?.name ?? agentId, 60);
  const { prompt } = useSearch({ strict: false });
  const draft = useDraft([instanceId, kind, agentId, status.sessionId ?? ""].join(" "), prompt);
  const { text, setText, files, setFiles } = draft;
  const input = useRef<HTMLTextAreaElement>(null);
  const navigate = useNavigate();
  const isAuthorized = instance.desired.authorization;
  const needsToken = isAuthorized || instance.desired.security_key;
  const endpoint = instance.endpoint ?? "";
  const mayRun = !isAuthorized || mayAct(scopes, { resource: kind, id: agentId, act: "run" });
  const missing = useMissingScopes([KINDS[kind].runScope]);
  const { history } = status;

  useEffect(() => {
    // Where nothing may be written there is nothing to begin with.
    if (input.current?.readOnly === false) input.current.focus({ preventScroll: true });
  }, []);

  const actions: TurnActions = useMemo(
    () => ({
      retry: (key) => void store.retry(key),
      sendAnyway: (key) => void store.sendAnyway(key),
      lookUp({ asked }) {
        setText(asked);
        void navigate({
          to: "/i/$instanceId/sessions",
          params: { instanceId },
          search: { [KINDS[kind].type]: agentId },
        });
      },
      explain: explainTurn,
      edit(asked) {
        setText(asked);
        input.current?.focus();
      },
      decide(key, decisions) {
        void store.decide(key, decisions);
        // The card that had the focus goes away. On a phone the keyboard would come up.
        if (window.matchMedia("(pointer: fine)").matches) input.current?.focus({ preventScroll: true });
      },
      stop: (key) => void store.stop(key),
      curlOf: (turn) =>
        toCurl({
          endpoint,
          kind,
          agentId,
          message: turn.asked,
          sessionId: turn.sessionId,
          files: turn.attachments.map((file) => file.name),
          needsToken,
        }),
      continuingCurlOf: ({ runId = "", sessionId, pause }) =>
        toContinuingCurl({ endpoint, kind, agentId, runId, sessionId, asked: pause?.source, needsToken }),
    }),
    // Turns are drawn again only where these change.
    [store, explainTurn, setText, navigate, instanceId, kind, agentId, endpoint, needsToken],
  );

  function send(): void {
    const message = text.trim();
    draft.clear();
    void store.send(message, files);
  }

  return (
    <section aria-label={`Chat with ${name}`} className="flex min-h-0 min-w-0 flex-col">
      <ChatHead instanceId={instanceId} kind={kind} agentId={agentId} name={name} component={component} />
      {history === "loading" ? (
        <div className="mx-auto w-full max-w-3xl flex-1 p-6">
          <Skeleton label="Loading the conversation" lines={5} />
        </div>
      ) : null}
      {history === "failed" ? (
        <div className="mx-auto w-full max-w-3xl flex-1 p-4 sm:p-6">
          <HistoryFault
            error={status.historyError}
            instanceId={instanceId}
            onRetry={() => store.load()}
            read={(client) =>
              client.sessions.listRuns({
                parameters: { session_id: status.sessionId ?? "" },
                query: { type: KINDS[kind].type, component_id: agentId },
              })
            }
          />
        </div>
      ) : null}
      {history !== "loading" && history !== "failed" ? (
        status.isEmpty ? (
          <Beginning
            kind={kind}
            name={name}
            description={component?.description}
            agentId={agentId}
            onPick={(picked) => {
              setText(picked);
              input.current?.focus();
            }}
          />
        ) : (
          <MessageList
            store={store}
            render={(turn) => (
              <TurnView
                turn={turn}
                kind={kind}
                agentId={agentId}
                name={name}
                isAuthorized={isAuthorized}
                hasStop={isActive(turn) && turn.key !== status.activeKey}
                actions={actions}
              />
            )}
          />
        )
      ) : null}
      <output className="sr-only">{describeForReader(KINDS[kind].type, status.lastState)}</output>
      <Composer
        agentName={name}
        text={text}
        onText={setText}
        files={files}
        onFiles={setFiles}
        inputRef={input}
        isRunning={status.activeState !== undefined}
        isStopping={status.activeState === "stopping"}
        missing={mayRun ? undefined : missing}
        blockedBecause={status.waitsForAnswer ? "Answer or stop the run above first" : undefined}
        onSend={send}
        onStop={() => void store.stop()}
        note={
          status.isReconnecting ? (
            <output className="flex items-center gap-2 py-1 text-xs text-ink-soft">
              <WifiOff aria-hidden className="pulsing size-4 text-warn-ink" />
              Connection lost. The run continues on the instance. Reconnecting…
            </output>
          ) : undefined
        }
      />
    </section>
  );
}

interface HistoryFaultProps {
  readonly error: unknown;
  readonly instanceId: string;
  readonly onRetry: () => Promise<void>;
  readonly read: (client: AgentOSClient) => Promise<unknown>;
}

function HistoryFault({ error, instanceId, onRetry, read }: HistoryFaultProps) {
  const title = "The conversation could not be loaded";
  return isRefused(error) ? (
    <RefusalPanel call={{ instanceId, error, title, retry: read, onResolved: () => void onRetry() }} />
  ) : (
    <ErrorState error={error} title={title} onRetry={() => void onRetry()} />
  );
}

/** Screen readers hear how a run stands, and not each word of it. */
function describeForReader(who: string, state: string | undefined): string {
  if (state === "running") return `The ${who} answers`;
  if (state === "completed") return "The answer is complete";
  if (state === "paused") return "The run waits for your decision";
  return "";
}
