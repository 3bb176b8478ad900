/** Tools with which a model keeps what it knows of the user of a run. They reach that user's memories and no others. */
import type { Result } from "@agentos/auth";
import { MEMORY_LIMITS, type MemoryObject } from "@agentos/contract";
import { z } from "zod";
import type { RunMemories } from "../runs/run-memories.ts";
import { type Tool, type ToolContext, ToolError, tool } from "./define-tool.ts";

export const MEMORY_TOOL_NAMES: readonly string[] = ["add_memory", "update_memory", "delete_memory"];

const memory = z
  .string()
  .min(1)
  .max(MEMORY_LIMITS.maxLength)
  .describe("One fact about the user, in a sentence that is clear by itself");
const topics = z
  .array(z.string().min(1).max(MEMORY_LIMITS.maxTopicLength))
  .max(MEMORY_LIMITS.maxTopics)
  .optional()
  .describe("What it is about, in a word or two each");
const memoryId = z.string().describe("As it stands with the memory");

/** By their names. */
export function createMemoryTools(): readonly Tool[] {
  return [
    tool({
      name: "add_memory",
      description: "Remembers something about the user for later conversations",
      parameters: z.object({ memory, topics }),
      execute: async (text, context) => show(await memoriesOf(context).add(text)),
    }),
    tool({
      name: "update_memory",
      description: "Replaces something that is remembered about the user and has changed",
      parameters: z.object({ memory_id: memoryId, memory, topics }),
      execute: async ({ memory_id: id, ...text }, context) =>
        show(await memoriesOf(context).change(id, text)),
    }),
    tool({
      name: "delete_memory",
      description: "Forgets something about the user: it is wrong by now, or the user asked for it",
      parameters: z.object({ memory_id: memoryId }),
      execute: async ({ memory_id: id }, context) => {
        if (!(await memoriesOf(context).remove(id))) throw new ToolError("the user has no memory of this id");
        return { memory_id: id, deleted: true };
      },
    }),
  ];
}

function memoriesOf({ memories }: ToolContext): RunMemories {
  if (memories === undefined)
    throw new ToolError("Nobody is named in this conversation: nothing is remembered");
  return memories;
}

function show(result: Result<MemoryObject, string>): object {
  if (!result.ok) throw new ToolError(result.fault);
  const { memory_id, memory: kept, topics: about } = result.value;
  return { memory_id, memory: kept, topics: about };
}
