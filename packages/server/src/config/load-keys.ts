/** Parses and judges every key at start (design.md section 6); what cannot work stops it by name. */
import {
  combineKeySources,
  createStaticKeySource,
  type KeyFault,
  type KeySource,
  parseVerificationKeys,
} from "@agentos/auth";
import { createJwksFileKeySource, type JwksFileKeySource } from "../stores/jwks-file-key-source.ts";
import { type Finding, toFinding } from "./faults.ts";
import type { ResolvedAuth } from "./resolve-auth.ts";

export interface LoadedKeys {
  readonly keySource: KeySource;
  readonly jwksFile: JwksFileKeySource | undefined;
  readonly findings: readonly Finding[];
  close(): void;
}

/** Loads the keys of all sources. */
export async function loadKeys(resolved: ResolvedAuth, now: () => number): Promise<LoadedKeys> {
  const options = {
    allowWeakSecrets: resolved.allowsWeakSecrets,
    ...(resolved.algorithm === undefined ? {} : { algorithm: resolved.algorithm }),
  };
  const explicit = await parseVerificationKeys(resolved.keyValues, options);
  const faults: KeyFault[] = [...explicit.faults];
  const sources: KeySource[] = [createStaticKeySource(explicit.keys)];
  let jwksFile: JwksFileKeySource | undefined;
  if (resolved.jwksFile !== undefined) {
    const loaded = await createJwksFileKeySource({
      ...options,
      path: resolved.jwksFile.path,
      source: resolved.jwksFile.source,
      now,
    });
    jwksFile = loaded.keySource;
    faults.push(...loaded.faults);
    if (jwksFile !== undefined) sources.push(jwksFile);
  }
  return {
    keySource: combineKeySources(sources),
    jwksFile,
    findings: faults.map(({ code, facts, source, severity }) => ({
      ...toFinding(code, { ...facts, cli: resolved.cliCommand }, source),
      severity,
    })),
    close: () => jwksFile?.close(),
  };
}
