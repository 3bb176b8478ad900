/** What is wrong with an address, for the field in which it was typed. */
import type { ClientError } from "@agentos/client";
import { describeFault, faultOfField } from "../../lib/describe-fault.ts";

/** The API has another word for what people call the address. */
const WORDS: Readonly<Partial<Record<string, readonly [said: RegExp, shown: string]>>> = {
  INSTANCE_ENDPOINT_INVALID: [/^The endpoint /, "The address "],
  INSTANCE_ENDPOINT_ON_CONSOLE_HOST: [/^The endpoint /, "The address "],
  INSTANCE_ENDPOINT_TAKEN: [/ this endpoint already\.$/, " this address already."],
};

export function faultOfEndpoint(error: ClientError | null): string | undefined {
  if (error === null) return undefined;
  const { code = "", cause, fix = "", isQuoted } = describeFault(error);
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  if (isQuoted || words === undefined) return faultOfField(error, "endpoint");
  return `${cause.replace(...words)} ${fix}`.trim();
}
