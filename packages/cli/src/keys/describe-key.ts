/** What the key doctor says about a value, as plain data: never the material of a private key or a secret. */
import {
  describeRepairs,
  type KeyResult,
  parseJwks,
  parseVerificationKey,
  type VerificationKey,
} from "@agentos/auth";
import {
  FAULTS,
  type Fault,
  type FaultCode,
  type RenderedFault,
  renderFault,
  renderText,
} from "@agentos/contract";
import type { Context } from "../program/context.ts";
import { showUntrusted } from "../program/terminal.ts";

export interface KeyReport {
  readonly keys: readonly KeyView[];
  readonly faults: readonly FaultView[];
}

export interface KeyView {
  readonly source: string;
  readonly label: string;
  readonly algorithms: readonly string[];
  readonly kid: string | null;
  readonly thumbprint: string | null;
  /** "read from base64", which is fine. */
  readonly form: string | null;
  readonly repairs: readonly string[];
}

/** A fault as it is printed: the place stands apart from the message. */
export type FaultView = Pick<RenderedFault, "code" | "severity" | "message" | "fix"> & {
  readonly source: string;
};

export interface KeyTextOptions {
  /** For people, never a path. */
  readonly source: string;
  readonly algorithm?: string | undefined;
}

/** Parses a value as a server would: a key, or a whole key set. */
export async function parseKeyText(text: string, options: KeyTextOptions): Promise<KeyResult> {
  const { source, algorithm } = options;
  if (/^\s*\uFEFF?\{/.test(text) && /"keys"\s*:/.test(text)) return parseJwks(text, { source, algorithm });
  return parseVerificationKey(text, { source, index: 0, algorithm });
}

export function describeKeys(result: KeyResult, context: Context): KeyReport {
  return {
    keys: result.keys.map(describeKey),
    faults: result.faults.map((fault) => describeFault(fault, context)),
  };
}

/** One fault in the words of the terminal. */
export function describeFault(fault: Fault, { cli }: Context): FaultView {
  const { at: source = "the value", code, severity, facts } = fault;
  const local = LOCAL_FIXES[code];
  const suggestion = local === undefined ? {} : { suggestion: renderText(local, facts) };
  const { message, fix } = renderFault({ code, severity, facts: { ...facts, ...suggestion } }, cli);
  return { code, severity, source, message, fix };
}

/**
 * The catalogue speaks to a server's operator. Here nothing has been exposed to anybody yet, the algorithm is an option
 * of the command line, and the advice to run this very command would lead nowhere.
 */
const LOCAL_FIXES: Readonly<Partial<Record<FaultCode, string>>> = {
  KEY_PRIVATE:
    'only the public half belongs on a server; derive it with "openssl pkey -in private.pem -pubout" and give that',
  KEY_UNREADABLE: 'export it again from its source as PEM, such as "openssl pkey -in private.pem -pubout"',
  KEY_BODY_MISSING:
    "copy the whole value again, from the BEGIN line to the END line; an env file or a form may have kept only its first line",
  KEY_PLUS_LOST:
    'copy it again from its source; a form or URL that carried it turns "+" into a space ("%2B" survives)',
  KEY_FILE_PATH: "give the content, or the path of the file that holds it: FILE or file:PATH",
  KEY_ALGORITHM_REQUIRED:
    "for a shared secret add --algorithm HS256; if it should be a public key, export it again as PEM",
  KEY_ALGORITHM_UNKNOWN: FAULTS.KEY_ALGORITHM_UNKNOWN.fix.replace(
    'leave "algorithm" out',
    "leave --algorithm out",
  ),
  KEY_ALGORITHM_MISMATCH:
    "give --algorithm one of {fitting}, or leave it out to let the key decide, or give a key made for {algorithm}",
  KEY_PUBLIC_AS_SECRET:
    "give --algorithm one that fits the key, or leave it out to let the key decide, or give a shared secret",
};

function describeKey(key: VerificationKey): KeyView {
  const { form = null, repairs } = describeRepairs(key.repairs);
  return {
    source: key.source,
    label: key.label,
    algorithms: key.algorithms,
    kid: key.kid ?? null,
    thumbprint: key.thumbprint ?? null,
    form,
    repairs,
  };
}

/** The report for a person. A key file says what it likes, its name included. */
export function printKeyReport(report: KeyReport, { terminal }: Context): void {
  const { print, paint } = terminal;
  for (const key of report.keys) {
    print(`${paint("green", "usable")}  ${paint("bold", showUntrusted(key.label))}`);
    print(`  algorithm   ${key.algorithms.join(" or ")}`);
    if (key.kid !== null) print(`  kid         ${showUntrusted(key.kid)}`);
    if (key.thumbprint !== null) print(`  thumbprint  ${key.thumbprint}`);
    if (key.form !== null) print(`  form        ${showUntrusted(key.form)}`);
    for (const repair of key.repairs) print(`  ${paint("yellow", "repaired")}    ${showUntrusted(repair)}`);
  }
  for (const { severity, source, message, fix, code } of report.faults) {
    const mark = severity === "error" ? paint("red", "refused") : paint("yellow", "warning");
    print(`${mark} ${showUntrusted(source)}: ${showUntrusted(message)} ${paint("dim", `[${code}]`)}`);
    print(`  fix: ${showUntrusted(fix)}`);
  }
}
