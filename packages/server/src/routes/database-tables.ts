/** What a database holds, by the names that the wire has for it (contract 4.1): those of the reference, not of our tables. */

export const SESSIONS_TABLE = "agno_sessions";
export const MEMORIES_TABLE = "agno_memories";
