/** What the key doctor says about a value, as plain data: never the material of a private key or a secret. */
import {
  type KeyResult,
  keyRepairs,
  parseJwks,
  parseVerificationKey,
  type VerificationKey,
} from "@agentos/auth";
import { FAULTS, renderText } from "@agentos/contract";
import type { Context } from "../context.ts";

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
  readonly repairs: readonly string[];
}

export interface FaultView {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly source: string;
  readonly message: string;
  readonly fix: string;
}

export interface JudgeOptions {
  /** For people, never a path. */
  readonly source: string;
  readonly algorithm?: string | undefined;
}

/** Parses a value as a server would: a key, or a whole key set. */
export async function judgeKeyText(text: string, options: JudgeOptions): Promise<KeyResult> {
  const { source, algorithm } = options;
  if (/^\s*\uFEFF?\{/.test(text) && /"keys"\s*:/.test(text)) return parseJwks(text, { source, algorithm });
  return parseVerificationKey(text, { source, index: 0, algorithm });
}

export function describeKeys(result: KeyResult, context: Context): KeyReport {
  return {
    keys: result.keys.map(describeKey),
    faults: result.faults.map(({ code, severity, source, facts }) => ({
      code,
      severity,
      source,
      message: renderText(FAULTS[code].title, facts),
      fix: LOCAL_FIXES[code] ?? renderText(FAULTS[code].fix, { ...facts, cli: context.cli }),
    })),
  };
}

/** Where the catalogue speaks to a server's operator: here nothing has been exposed to anybody yet. */
const LOCAL_FIXES: Readonly<Record<string, string>> = {
  KEY_PRIVATE:
    'only the public half belongs on a server; derive it with "openssl pkey -in private.pem -pubout" and give that',
};

function describeKey(key: VerificationKey): KeyView {
  return {
    source: key.source,
    label: key.label,
    algorithms: key.algorithms,
    kid: key.kid ?? null,
    thumbprint: key.thumbprint ?? null,
    repairs: key.repairs.map((repair) => keyRepairs[repair]),
  };
}

/** The report for a person. */
export function printKeyReport(report: KeyReport, { terminal }: Context): void {
  const { print, paint } = terminal;
  for (const key of report.keys) {
    print(`${paint("green", "usable")}  ${paint("bold", key.label)}`);
    print(`  algorithm   ${key.algorithms.join(" or ")}`);
    if (key.kid !== null) print(`  kid         ${key.kid}`);
    if (key.thumbprint !== null) print(`  thumbprint  ${key.thumbprint}`);
    for (const repair of key.repairs) print(`  ${paint("yellow", "repaired")}    ${repair}`);
  }
  for (const fault of report.faults) {
    const mark = fault.severity === "error" ? paint("red", "refused") : paint("yellow", "warning");
    print(`${mark} ${fault.source}: ${fault.message} ${paint("dim", `[${fault.code}]`)}`);
    print(`  fix: ${fault.fix}`);
  }
}
