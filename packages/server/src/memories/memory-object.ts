/** A memory as the wire shows it. */
import type { MemoryObject } from "@agentos/contract";
import { toDateTime } from "../runs/date-time.ts";
import { userIdOf } from "../runs/owner.ts";
import type { StoredMemory } from "./memory-store.ts";

export function toMemoryObject(stored: StoredMemory): MemoryObject {
  return {
    memory_id: stored.memoryId,
    memory: stored.memory,
    topics: [...stored.topics],
    agent_id: stored.agentId ?? null,
    team_id: stored.teamId ?? null,
    user_id: userIdOf(stored.owner) ?? null,
    updated_at: toDateTime(stored.updatedAt),
  };
}
