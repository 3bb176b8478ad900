/** A conversation with an agent. */

import { type AgentOSClient, AgentOSRefusal } from "@agentos/client";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Bot, Check, ChevronsUpDown, History, SquarePen, WifiOff } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ButtonLink } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Menu, MenuGroup, MenuItem } from "../../components/menu.tsx";
import { useRefusal } from "../../components/refusal-area.tsx";
import { RefusalPanel } from "../../components/refusal-panel.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { useToast } from "../../components/toast.tsx";
import { isSessionOver } from "../../lib/describe-fault.ts";
import {
  instanceKey,
  useAgents,
  useInstance,
  useInstanceQuery,
  useOpenClient,
} from "../../lib/instance-data.ts";
import { readQuickPrompts } from "../../lib/quick-prompts.ts";
import { isRefused } from "../../lib/refused-call.ts";
import { mayAct } from "../../lib/rights.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { clip } from "../../lib/words.ts";
import { agentRoute } from "./chat-routes.ts";
import { createChatStore } from "./chat-store.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { SessionRail } from "./session-rail.tsx";
import { toCurl } from "./to-curl.ts";
import { isActive } from "./turn.ts";
import { type TurnActions, TurnView } from "./turn-view.tsx";

export function ChatPage() {
  const { instanceId, agentId } = agentRoute.useParams();
  const { sessionId } = useParams({ strict: false });
  /** Another conversation is another chat; one that gets its session is the same. */
  const [chat, setChat] = useState<ShownChat>({ count: 0, agentId, instanceId, sessionId, made: undefined });
  const shown = showChat(chat, { agentId, instanceId, sessionId });
  if (shown !== chat) setChat(shown);
  return (
    <div
      data-fills
      className="grid h-[calc(100dvh-3rem)] min-h-80 grid-cols-1 lg:grid-cols-[15rem_minmax(0,1fr)]"
    >
      <SessionRail instanceId={instanceId} agentId={agentId} sessionId={sessionId} />
      <Chat
        key={shown.count}
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

interface ChatProps {
  readonly instanceId: string;
  readonly agentId: string;
  readonly initialSessionId: string | undefined;
  /** Told before the address changes. */
  readonly onSession: (sessionId: string) => void;
}

function useChatStore({ instanceId, agentId, initialSessionId, onSession }: ChatProps) {
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
        turn.state === "paused" ? "Your decision was not taken." : "Your message was not taken; it is kept.",
      retry: () => store.retryUntilLetIn(turnKey),
    });
  }
  const store = useMemo(
    () =>
      createChatStore({
        agentId,
        sessionId: initialSessionId,
        openClient,
        onSession(sessionId) {
          latest.current.onSession(sessionId);
          void queryClient.invalidateQueries({ queryKey: [...latest.current.key, "sessions"] });
          void latest.current.navigate({
            to: "/i/$instanceId/agents/$agentId/sessions/$sessionId",
            params: { instanceId, agentId, sessionId },
            replace: true,
          });
        },
        onFault(error, turnKey) {
          if (isSessionOver(error)) sessionWatch.markOver();
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
        onSwitched: () =>
          latest.current.tell({
            title: "This instance asks for another credential now",
            description: "Your message was sent again with it.",
          }),
        clock: () => performance.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      }),
    // A chat is made once; what it is about is its key.
    [agentId, instanceId, initialSessionId, openClient, queryClient, sessionWatch],
  );
  useEffect(() => {
    void store.load();
    return () => store.close();
  }, [store]);
  return { store, explainTurn: (turnKey: string) => latest.current.explain(turnKey) };
}

function Chat(props: ChatProps) {
  const { instanceId, agentId } = props;
  // The session that it begins with: one that it gets later is no other chat.
  const [initialSessionId] = useState(props.initialSessionId);
  const { store, explainTurn } = useChatStore({ ...props, initialSessionId });
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  const instance = useInstance();
  const { scopes } = useMembership();
  const agents = useAgents();
  const agent = agents.data?.find(({ id }) => id === agentId);
  const name = clip(agent?.name ?? agentId, 60);
  const { prompt } = agentRoute.useSearch();
  const [text, setText] = useState(prompt ?? "");
  const [files, setFiles] = useState<readonly File[]>([]);
  const input = useRef<HTMLTextAreaElement>(null);
  const isAuthorized = instance.desired.authorization;
  const mayRun = !isAuthorized || mayAct(scopes, { resource: "agents", id: agentId, act: "run" });
  const { turns, history } = snapshot;
  const active = turns.findLast(isActive);
  const isPaused = turns.at(-1)?.state === "paused";

  useEffect(() => input.current?.focus({ preventScroll: true }), []);

  const actions: TurnActions = useMemo(
    () => ({
      retry: (key) => void store.retry(key),
      explain: explainTurn,
      edit(asked) {
        setText(asked);
        input.current?.focus();
      },
      decide: (key, decisions) => void store.decide(key, decisions),
      curlOf: (turn) =>
        toCurl({
          endpoint: instance.endpoint ?? "",
          agentId,
          message: turn.asked,
          sessionId: turn.sessionId,
          files: turn.attachments.map((file) => file.name),
          needsToken: instance.desired.authorization || instance.desired.security_key,
        }),
    }),
    [store, agentId, instance.endpoint, instance.desired],
  );

  function send(): void {
    const message = text.trim();
    setText("");
    setFiles([]);
    void store.send(message, files);
  }

  return (
    <section aria-label={`Chat with ${name}`} className="flex min-h-0 min-w-0 flex-col">
      <header className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line px-2 sm:px-4">
        <h1 className="min-w-0">
          <span className="sr-only">Chat with {name}</span>
          <AgentMenu instanceId={instanceId} agentId={agentId} name={name} />
        </h1>
        <div className="flex items-center gap-1">
          {agent?.model?.model === undefined ? null : (
            <span className="hidden max-w-48 truncate pr-2 font-mono text-xs text-ink-faint sm:inline">
              {clip(agent.model.model, 60)}
            </span>
          )}
          <span className="flex lg:hidden">
            <ButtonLink
              size="sm"
              variant="ghost"
              icon={<History aria-hidden />}
              to="/i/$instanceId/sessions"
              params={{ instanceId }}
              search={{ agent: agentId }}
            >
              Sessions
            </ButtonLink>
            <ButtonLink
              size="sm"
              variant="ghost"
              icon={<SquarePen aria-hidden />}
              to="/i/$instanceId/agents/$agentId"
              params={{ instanceId, agentId }}
            >
              New
            </ButtonLink>
          </span>
        </div>
      </header>
      {history === "loading" ? (
        <div className="mx-auto w-full max-w-3xl flex-1 p-6">
          <Skeleton label="Loading the conversation" lines={5} />
        </div>
      ) : null}
      {history === "failed" ? (
        <div className="mx-auto w-full max-w-3xl flex-1 p-4 sm:p-6">
          <HistoryFault
            error={snapshot.historyError}
            instanceId={instanceId}
            onRetry={() => store.load()}
            read={(client) =>
              client.sessions.listRuns({
                parameters: { session_id: snapshot.sessionId ?? "" },
                query: { type: "agent", component_id: agentId },
              })
            }
          />
        </div>
      ) : null}
      {history !== "loading" && history !== "failed" ? (
        turns.length === 0 ? (
          <Beginning
            name={name}
            description={agent?.description}
            agentId={agentId}
            onPick={(picked) => {
              setText(picked);
              input.current?.focus();
            }}
          />
        ) : (
          <MessageList
            turns={turns}
            render={(turn) => (
              <TurnView turn={turn} agentId={agentId} isAuthorized={isAuthorized} actions={actions} />
            )}
          />
        )
      ) : null}
      <output className="sr-only">{describeForReader(turns.at(-1)?.state)}</output>
      <Composer
        agentName={name}
        text={text}
        onText={setText}
        files={files}
        onFiles={setFiles}
        inputRef={input}
        isRunning={active !== undefined}
        isStopping={active?.state === "stopping"}
        blockedBecause={
          !mayRun
            ? `Your role does not give agents:run`
            : isPaused
              ? "The run above waits for your decision"
              : undefined
        }
        onSend={send}
        onStop={() => void store.stop()}
        note={
          snapshot.isReconnecting ? (
            <p role="status" className="flex items-center gap-2 py-1 text-xs text-ink-soft">
              <WifiOff aria-hidden className="pulsing size-4 text-warn-ink" />
              Connection lost. The run goes on at the instance; taking it up again.
            </p>
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
function describeForReader(state: string | undefined): string {
  if (state === "running") return "The agent answers";
  if (state === "completed") return "The answer is complete";
  if (state === "paused") return "The run waits for your decision";
  return "";
}

function AgentMenu({
  instanceId,
  agentId,
  name,
}: {
  readonly instanceId: string;
  readonly agentId: string;
  readonly name: string;
}) {
  const agents = useAgents();
  const navigate = useNavigate();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Agent: ${name}. Switch agent`}
          className="flex h-8 max-w-full min-w-0 items-center gap-2 rounded-md px-2 text-sm font-semibold text-ink transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-11"
        >
          <Bot aria-hidden className="size-4 shrink-0 text-ink-soft" />
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
        </button>
      }
    >
      <MenuGroup label="Agents of this instance">
        {(agents.data ?? []).slice(0, 200).map((agent) => (
          <MenuItem
            key={agent.id}
            icon={<Bot aria-hidden />}
            trailing={
              agent.id === agentId ? (
                <Check aria-label="shown" className="size-4 text-accent-ink" />
              ) : undefined
            }
            onSelect={() =>
              void navigate({
                to: "/i/$instanceId/agents/$agentId",
                params: { instanceId, agentId: agent.id },
              })
            }
          >
            {clip(agent.name, 60)}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}

interface BeginningProps {
  readonly name: string;
  readonly description: string | undefined;
  readonly agentId: string;
  readonly onPick: (prompt: string) => void;
}

function Beginning({ name, description, agentId, onPick }: BeginningProps) {
  const config = useInstanceQuery(["config"], (client, signal) => client.core.config({}, { signal }), {
    staleMs: 30_000,
  });
  const prompts = readQuickPrompts(config.data, agentId);
  return (
    <div className="mx-auto flex w-full max-w-3xl min-h-0 flex-1 flex-col justify-end gap-4 overflow-y-auto px-4 py-6 sm:px-6">
      <div className="flex flex-col gap-1">
        <span
          aria-hidden
          className="mb-2 flex size-9 items-center justify-center rounded-md border border-line bg-raised text-ink-soft"
        >
          <Bot className="size-4.5" />
        </span>
        <h2 className="text-lg font-semibold tracking-tight wrap-anywhere text-ink">{name}</h2>
        <p className="max-w-prose text-sm wrap-anywhere text-ink-soft">
          {description === undefined || description === ""
            ? "Write a message to begin. Its answer streams in here, with every tool that it calls."
            : clip(description, 400)}
        </p>
      </div>
      {prompts.length === 0 ? null : (
        <ul aria-label="Prompts" className="flex flex-col items-start gap-1.5">
          {prompts.map((prompt) => (
            <li key={prompt} className="max-w-full">
              <button
                type="button"
                className="max-w-full rounded-md border border-line-strong bg-raised px-3 py-1.5 text-left text-sm wrap-anywhere text-ink transition-colors hover:bg-hover"
                onClick={() => onPick(prompt)}
              >
                {prompt}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
