/**
 * Streams and sockets that are open, and who has opened them. Each is judged when it opens and whenever something may have
 * been taken away: a credential was revoked, a key was withdrawn, a policy was replaced. What is not allowed any more
 * ends. That a credential expires meanwhile ends nothing here.
 */
import { type CompiledRoute, type Identity, type PathParameters, type Refusal, refuse } from "@agentos/auth";
import { REFUSALS, renderText } from "@agentos/contract";
import type { Logger } from "../log/runtime.ts";
import type { ReadBy } from "./read-alike.ts";

/** Who opened what. */
export interface OpenedBy {
  readonly identity: Identity;
  readonly route: CompiledRoute;
  /** Decoded parameters of the path. */
  readonly parameters: PathParameters;
  /** What the credential was read by. Default: what is in force. */
  readonly readBy?: ReadBy | undefined;
}

/** One connection that is open. */
export interface OpenConnection extends OpenedBy {
  /** Ends it, and whatever goes on for its client alone. Called once at most; the client is told nothing of the refusal. */
  readonly end: (refusal: Refusal) => void;
}

/** Why a connection may not go on; undefined: it may. */
export type FindEnd = (opened: OpenedBy) => Refusal | undefined;

export interface ConnectionRegistry {
  /** Never throws, and nor do the others. From now on it is judged, and ends at once where it is not allowed already. Gives the function for when it has ended. */
  add(connection: OpenConnection): () => void;
  /** From now on this is the judgement; gives how many it ends. */
  judgeBy(findEnd: FindEnd): number;
  /** Why something may not go on that is not open yet, by the judgement in force. */
  judge(opened: OpenedBy): Refusal | undefined;
  /** Ends what is not allowed any more; gives how many that are. */
  judgeAgain(): number;
  /** Connections that are open. */
  readonly size: number;
}

/** Creates an empty one; nothing ends before there is a judgement. */
export function createConnectionRegistry(logger: Pick<Logger, "error" | "warn">): ConnectionRegistry {
  const open = new Set<OpenConnection>();
  let findEnd: FindEnd = () => undefined;

  /** Where nobody can say whether it may go on it ends, and keeps no other one from being judged. */
  function findRefusal(opened: OpenedBy): Refusal | undefined {
    try {
      return findEnd(opened);
    } catch (error) {
      logger.error({ error, route: opened.route.name }, "what is open could not be judged");
      return refuse("AUTH_REVOCATION_UNKNOWN").fault;
    }
  }

  /** True where it has ended. */
  function endRefused(connection: OpenConnection): boolean {
    const refusal = findRefusal(connection);
    if (refusal === undefined || !open.delete(connection)) return false;
    const { code, facts } = refusal;
    const { identity, route } = connection;
    logger.warn(
      { code, route: route.name, subject: identity.userId, issuer: identity.issuer },
      `an open connection was ended: ${renderText(REFUSALS[code].title, facts)}`,
    );
    try {
      connection.end(refusal);
    } catch (error) {
      logger.error({ error, route: route.name }, "an open connection could not be ended");
    }
    return true;
  }

  function judgeAgain(): number {
    let ended = 0;
    // What an end closes leaves the set meanwhile, and is passed over.
    for (const connection of open) if (endRefused(connection)) ended += 1;
    return ended;
  }

  return {
    get size() {
      return open.size;
    },
    add(connection) {
      open.add(connection);
      endRefused(connection);
      return () => void open.delete(connection);
    },
    judgeBy(judgement) {
      findEnd = judgement;
      return judgeAgain();
    },
    judge: findRefusal,
    judgeAgain,
  };
}
