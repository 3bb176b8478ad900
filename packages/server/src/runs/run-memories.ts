/** What a run may know and change of what is remembered of its user. Nobody else's memories are within its reach. */
import type { Result } from "@agentos/auth";
import type { MemoryObject } from "@agentos/contract";

/** What is to be remembered: 1 to 5,000 characters, and up to 20 topics of at most 100 each. */
export interface MemoryText {
  readonly memory: string;
  /** Default: none; of a memory that is changed, those that it has. */
  readonly topics?: readonly string[] | undefined;
}

/** The memories of the user whose run it is. A fault says in words that a model may read why nothing was kept. */
export interface RunMemories {
  /** Newest first, as many as a model is told of. */
  list(): Promise<readonly MemoryObject[]>;
  add(text: MemoryText): Promise<Result<MemoryObject, string>>;
  change(memoryId: string, text: MemoryText): Promise<Result<MemoryObject, string>>;
  /** False where the user has no such memory. */
  remove(memoryId: string): Promise<boolean>;
}
