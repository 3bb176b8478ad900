/** The wire truth of AgentOS: scopes, routes, errors and schemas. No I/O, and no logic beyond reading them. */
export * from "./errors/index.ts";
export * from "./routes/index.ts";
export * from "./scopes/index.ts";
export * from "./version.ts";
export * from "./wire/index.ts";
