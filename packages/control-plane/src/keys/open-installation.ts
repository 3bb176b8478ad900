/**
 * The installation's keys at a start: from the variable, else from the file, else made now. A start that could not open
 * what an earlier one has sealed is refused, and no new key is ever made over old rows.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { deriveInstallationKeys, type InstallationKeys } from "./installation-keys.ts";
import { createKeyFile, KEY_FILE, readKeyFile } from "./key-file.ts";
import { parseSecrets, type Secrets } from "./parse-secrets.ts";

/** The variable that gives the secrets: 32 bytes each, the current one first, with commas between them. */
export const KEY_VARIABLE = "AGENTOS_CONTROL_PLANE_KEY";

export interface OpenInstallationOptions {
  readonly store: ControlPlaneStore;
  /** What {@link KEY_VARIABLE} holds. */
  readonly variable: string | undefined;
  /** The folder `.agentos`, which has the file or gets it. */
  readonly folder: string;
  /** The command that fixes name. */
  readonly cli: string;
}

export interface OpenInstallation {
  readonly keys: InstallationKeys;
  /** What gave them. */
  readonly origin: "variable" | "file";
  /** Made by this start. */
  readonly isNew: boolean;
}

/** Throws a `ConfigurationError` with every fault. */
export async function openInstallation({
  store,
  variable,
  folder,
  cli,
}: OpenInstallationOptions): Promise<OpenInstallation> {
  const sealed = await countSealed(store);
  const found = await findSecrets({ variable, folder, sealed });
  if (!found.ok) throw new ConfigurationError({ faults: found.fault, cli });
  const { secrets, origin, isNew } = found.value;
  const keys = deriveInstallationKeys(secrets);
  const names = keys.sealing.map(({ id }) => id);
  const missing = sealed.filter(({ keyId }) => !names.includes(keyId));
  if (missing.length > 0) {
    const facts = { count: sum(missing), needed: missing.map(({ keyId }) => keyId), found: names };
    const at = origin === "variable" ? KEY_VARIABLE : KEY_FILE;
    throw new ConfigurationError({
      faults: [createFault({ code: "CONFIG_SEALING_KEY_WRONG", at, facts })],
      cli,
    });
  }
  return { keys, origin, isNew };
}

interface Sealed {
  readonly keyId: string;
  readonly count: number;
}

/** Private keys in the database, by the key that opens them. */
async function countSealed(store: ControlPlaneStore): Promise<readonly Sealed[]> {
  const rows = await store.read((db) =>
    db
      .selectFrom("agentos_cp_keys")
      .select(["seal_key_id", (is) => is.fn.countAll().as("count")])
      .where("sealed_private", "is not", null)
      .groupBy("seal_key_id")
      .orderBy("seal_key_id")
      .execute(),
  );
  return rows.map(({ seal_key_id: keyId, count }) => ({ keyId, count: Number(count) }));
}

interface Found extends Pick<OpenInstallation, "origin" | "isNew"> {
  readonly secrets: Secrets;
}

async function findSecrets({
  variable = "",
  folder,
  sealed,
}: Pick<OpenInstallationOptions, "folder"> & {
  readonly variable: string | undefined;
  readonly sealed: readonly Sealed[];
}): Promise<Result<Found, readonly Fault[]>> {
  if (variable.trim() !== "") return parseFrom(variable, KEY_VARIABLE, { origin: "variable", isNew: false });
  const file = await readKeyFile(folder);
  if (!file.ok) return fail([file.fault]);
  if (file.value !== undefined) return parseFrom(file.value, KEY_FILE, { origin: "file", isNew: false });
  if (sealed.length > 0) {
    const facts = { count: sum(sealed), needed: sealed.map(({ keyId }) => keyId) };
    return fail([createFault({ code: "CONFIG_SEALING_KEY_MISSING", facts })]);
  }
  const created = await createKeyFile(folder);
  if (!created.ok) return fail([created.fault]);
  return parseFrom(created.value, KEY_FILE, { origin: "file", isNew: true });
}

function parseFrom(
  text: string,
  at: string,
  from: Pick<OpenInstallation, "origin" | "isNew">,
): Result<Found, readonly Fault[]> {
  const secrets = parseSecrets(text, at);
  return secrets.ok ? ok({ secrets: secrets.value, ...from }) : secrets;
}

function sum(sealed: readonly Sealed[]): number {
  return sealed.reduce((total, { count }) => total + count, 0);
}
