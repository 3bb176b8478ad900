/** Sessions without their runs: made, changed and forgotten by hand. Which one is meant is decided in one place. */
import { setImmediate } from "node:timers/promises";
import { type Access, type DataScope, fail, ok, type Result } from "@agentos/auth";
import { RUNNABLE_KINDS, type RunnableKind } from "@agentos/contract";
import { redactTokens } from "@agentos/guard";
import { type InputFault, inputFault, type RequestFault, type Runtime } from "@agentos/guard/app";
import { resolveOwner } from "../runs/owner.ts";
import { refuseFull } from "../runs/refuse-full.ts";
import type { RunService } from "../runs/service.ts";
import type { RunStore, SessionFilter, SessionKey, StoredSession } from "../runs/store.ts";
import { findOneSession, findOneSessionKey } from "./find-session.ts";
import { type GivenValues, readSessionValues } from "./session-values.ts";

/** Body of `POST /sessions`. */
export interface NewSessionInput extends Omit<GivenValues, "summary"> {
  readonly session_id?: string | null | undefined;
  readonly user_id?: string | null | undefined;
  readonly agent_id?: string | null | undefined;
  readonly team_id?: string | null | undefined;
  readonly workflow_id?: string | null | undefined;
}

export interface SessionService {
  /** Undefined where there is none in the scope. */
  find(scope: DataScope, filter: SessionFilter): Promise<Result<StoredSession | undefined, InputFault>>;
  /** Status 409 where its owner has one of this id. */
  create(
    access: Pick<Access, "identity" | "dataScope">,
    kind: RunnableKind,
    input: NewSessionInput,
  ): Promise<Result<StoredSession, RequestFault>>;
  /** The session as it is then; undefined where there is none in the scope. */
  change(
    scope: DataScope,
    filter: SessionFilter,
    given: GivenValues,
  ): Promise<Result<StoredSession | undefined, RequestFault>>;
  /** Forgets each of them, or none where an id means several. What is not there counts as forgotten. */
  delete(scope: DataScope, filters: readonly SessionFilter[]): Promise<Result<undefined, InputFault>>;
}

export interface SessionServiceOptions {
  readonly store: RunStore;
  readonly runs: Pick<RunService, "deleteSession">;
  readonly runtime: Pick<Runtime, "clock" | "generateId">;
}

export function createSessionService({ store, runs, runtime }: SessionServiceOptions): SessionService {
  const second = () => Math.floor(runtime.clock.now());
  const find: SessionService["find"] = (scope, filter) => findOneSession(store, scope, filter);

  return {
    find,

    async create(access, kind, input) {
      const { idKey } = RUNNABLE_KINDS[kind];
      const componentId = filled(input[idKey]);
      const sessionId = filled(input.session_id);
      const ids = { session_id: sessionId, user_id: filled(input.user_id), [idKey]: componentId };
      const owner = resolveOwner(access, ids);
      if (!owner.ok) return owner;
      const values = readSessionValues(input);
      if (!values.ok) return values;
      const { name, state = {}, metadata } = values.value;
      const key: SessionKey = {
        owner: owner.value,
        component: { kind, id: componentId ?? "" },
        // A token that is bound to a session makes no other (contract 1.10).
        sessionId: access.identity.sessionId ?? sessionId ?? runtime.generateId(),
      };
      const session = { key, name, state, metadata, createdAt: second() };
      const created = await refuseFull(store.createSession(access.dataScope, session));
      if (!created.ok) return created;
      return created.value === undefined ? fail(taken(key.sessionId)) : ok(created.value);
    },

    async change(scope, filter, given) {
      const values = readSessionValues(given);
      if (!values.ok) return values;
      const found = await find(scope, filter);
      if (!found.ok || found.value === undefined) return found;
      const hasChange = Object.values(values.value).some((value) => value !== undefined);
      if (!hasChange) return found;
      return refuseFull(store.changeSession(scope, found.value.key, { ...values.value, at: second() }));
    },

    async delete(scope, filters) {
      const keys: SessionKey[] = [];
      for (const filter of filters) {
        const found = await findOneSessionKey(store, scope, filter);
        if (!found.ok) return found;
        if (found.value !== undefined) keys.push(found.value);
        // A file is read without waiting: without this, nobody else is served until all are found.
        await setImmediate();
      }
      for (const key of keys) await runs.deleteSession(scope, key);
      return ok(undefined);
    },
  };
}

/** Null and an empty text say nothing, as in a form (contract 4.0). */
function filled(text: string | null | undefined): string | undefined {
  return text === null || text === "" ? undefined : text;
}

function taken(sessionId: string): InputFault {
  const id = redactTokens(sessionId);
  return inputFault(409, `Session with id '${id}' already exists. Use PATCH /sessions/${id} to update it.`);
}
