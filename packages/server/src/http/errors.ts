export * from "../responses.ts";
