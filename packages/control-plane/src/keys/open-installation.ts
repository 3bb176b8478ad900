/**
 * The installation's keys at a start: from the variable, else from the file, else made now. A database belongs to the key
 * that was there first. A start with another one is refused, and no new key is made where there was one.
 */
import { fail, ok, type Result } from "@agentos/auth";
import { createFault, type Fault } from "@agentos/contract";
import { ConfigurationError } from "@agentos/guard";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";
import { deriveInstallationKeys, type InstallationKeys } from "./installation-keys.ts";
import { readKeyOfDatabase, takeDatabase } from "./installation-record.ts";
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
  /**
   * Opens a database in which nothing is sealed with any key, whoever it belonged to: for whoever hands it over then. A
   * key that was lost has cost nothing yet. Default false.
   */
  readonly takesUnsealed?: boolean | undefined;
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
  takesUnsealed = false,
}: OpenInstallationOptions): Promise<OpenInstallation> {
  const { sealed, owner } = await readSealed(store);
  // The key that the database belongs to is needed, too, even if it has sealed nothing.
  const wanted = owner === undefined || sealed.has(owner) ? sealed : new Map([...sealed, [owner, 0]]);
  const needed = takesUnsealed ? sealed : wanted;
  const found = await findSecrets({ variable, folder, wanted });
  if (!found.ok) throw new ConfigurationError({ faults: found.fault, cli });
  const { secrets, origin, isNew } = found.value;
  const keys = deriveInstallationKeys(secrets);
  const at = origin === "variable" ? KEY_VARIABLE : KEY_FILE;
  requireKeys(needed, keys, { at, cli });
  // Only who opens what is there may take it; of two that begin at once the second finds the key of the first.
  if (owner === undefined && !takesUnsealed)
    requireKeys(new Map([[await takeDatabase(store, keys.sealing[0]), 0]]), keys, { at, cli });
  return { keys, origin, isNew };
}

/** Keys without which the database does not open, each with how many private keys it has sealed there. */
type Needed = ReadonlyMap<string, number>;

async function readSealed(
  store: ControlPlaneStore,
): Promise<{ readonly sealed: Needed; readonly owner: string | undefined }> {
  return store.read(async (db) => {
    const rows = await db
      .selectFrom("agentos_cp_keys")
      .select(["seal_key_id", (is) => is.fn.countAll().as("count")])
      .where("sealed_private", "is not", null)
      .groupBy("seal_key_id")
      .orderBy("seal_key_id")
      .execute();
    const sealed = new Map(rows.map(({ seal_key_id: keyId, count }) => [keyId, Number(count)]));
    return { sealed, owner: await readKeyOfDatabase(db) };
  });
}

function requireKeys(
  needed: Needed,
  { sealing }: InstallationKeys,
  { at, cli }: { readonly at: string; readonly cli: string },
): void {
  const found = sealing.map(({ id }) => id);
  const missing = new Map([...needed].filter(([id]) => !found.includes(id)));
  if (missing.size === 0) return;
  const facts = { ...describeNeeded(missing), found };
  throw new ConfigurationError({
    faults: [createFault({ code: "CONFIG_SEALING_KEY_WRONG", at, facts })],
    cli,
  });
}

function describeNeeded(needed: Needed) {
  return { count: [...needed.values()].reduce((sum, count) => sum + count, 0), needed: [...needed.keys()] };
}

interface Found extends Pick<OpenInstallation, "origin" | "isNew"> {
  readonly secrets: Secrets;
}

async function findSecrets({
  variable = "",
  folder,
  wanted,
}: Pick<OpenInstallationOptions, "folder"> & {
  readonly variable: string | undefined;
  /** With any of them a new key would open nothing. */
  readonly wanted: Needed;
}): Promise<Result<Found, readonly Fault[]>> {
  if (variable.trim() !== "") return parseFrom(variable, KEY_VARIABLE, { origin: "variable", isNew: false });
  const file = await readKeyFile(folder);
  if (!file.ok) return fail([file.fault]);
  if (file.value !== undefined) return parseFrom(file.value, KEY_FILE, { origin: "file", isNew: false });
  if (wanted.size > 0)
    return fail([createFault({ code: "CONFIG_SEALING_KEY_MISSING", facts: describeNeeded(wanted) })]);
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
