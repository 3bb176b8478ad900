/** What is wrong with an address, for the field in which it was typed. */
import type { ClientError } from "@agentos/client";
import { describeFault, faultOfField } from "../../lib/describe-fault.ts";

export function faultOfEndpoint(error: ClientError | null): string | undefined {
  if (error === null) return undefined;
  const { code, cause, fix, isQuoted } = describeFault(error);
  if (isQuoted || code !== "INSTANCE_ENDPOINT_INVALID") return faultOfField(error, "endpoint");
  // The field is named as people call it.
  return [cause.replace(/^The endpoint /, "The address "), fix].join(" ").trim();
}
