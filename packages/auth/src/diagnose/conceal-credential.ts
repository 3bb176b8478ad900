/** The last step of a diagnosis: no text that leaves it holds the credential, a segment of it, or a control character. */
import { UNPRINTABLE } from "@agentos/contract/text";
import { isCredentialWord } from "../request/strange-credential.ts";
import type { Cause } from "./diagnosis.ts";

const CONCEALED = "[redacted]";
/** Shorter texts occur in any sentence, and are no secrets. */
const SHORTEST_CREDENTIAL = 8;
const SHORTEST_SEGMENT = 12;

const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");

/** Makes the step for one credential. */
export function concealCredential(credential: string | undefined): (cause: Cause) => Cause {
  const given = credential?.trim() ?? "";
  const whole = isCredentialWord(given) ? "" : given;
  const segments = whole.split(/[.\s"'`]+/).filter((segment) => segment.length >= SHORTEST_SEGMENT);
  const secrets = [...(whole.length >= SHORTEST_CREDENTIAL ? [whole] : []), ...segments].toSorted(
    (a, b) => b.length - a.length,
  );
  const clean = (text: string): string =>
    secrets.reduce(
      (shown, secret) => shown.replaceAll(secret, CONCEALED),
      text.replaceAll(EACH_UNPRINTABLE, "\uFFFD"),
    );
  return (cause) => ({
    ...cause,
    sentence: clean(cause.sentence),
    evidence: cause.evidence.map(({ fact, source }) => ({ fact: clean(fact), source })),
    fix: clean(cause.fix),
    ...(cause.command === undefined ? {} : { command: clean(cause.command) }),
  });
}
