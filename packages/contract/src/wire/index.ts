/** What travels: zod schemas and the types derived from them. */
export * from "./agent.ts";
export * from "./core.ts";
export * from "./message.ts";
export * from "./resource-metadata.ts";
export * from "./run-events.ts";
export * from "./run-form.ts";
export * from "./run-output.ts";
