/** What commands on the machine itself do with a control plane's database, whether or not the control plane runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError, type Logger } from "@agentos/guard";
import {
  type ControlPlaneOptions,
  type ResolvedControlPlane,
  resolveControlPlane,
} from "../control-plane/control-plane-options.ts";
import { openControlPlaneDatabase } from "../control-plane/open-control-plane-database.ts";
import type { InstallationKeys } from "../keys/installation-keys.ts";
import { KEY_VARIABLE, type OpenInstallationOptions, openInstallation } from "../keys/open-installation.ts";
import { type ControlPlaneStore, createStore } from "../store/control-plane-store.ts";

/** Where a control plane is, as its own start is told; the rest has no meaning here. */
export type MachineOptions = Pick<
  ControlPlaneOptions,
  "url" | "database" | "env" | "cliCommand" | "workingDirectory"
>;

/** Where a command found it, for people: in another folder it is another one. */
export interface MachineDatabase {
  /** Without what is secret. */
  readonly shown: string;
  /** A file that was made just now, since there was none. */
  readonly isNew: boolean;
}

export interface Machine {
  readonly store: ControlPlaneStore;
  readonly resolved: ResolvedControlPlane;
  readonly database: MachineDatabase;
  /** Opens what seals private keys. Throws a ConfigurationError. */
  readonly openKeys: (options?: Pick<OpenInstallationOptions, "takesUnsealed">) => Promise<InstallationKeys>;
}

/** Notices of a database are for whoever runs the server. */
const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the database, brings it up to date, and closes it again. Throws a ConfigurationError. */
export async function withMachine<Result>(
  options: MachineOptions,
  use: (machine: Machine) => Promise<Result>,
): Promise<Result> {
  const resolved = resolveControlPlane(options);
  const { database: placed, cliCommand: cli, env, workingDirectory } = resolved;
  if (placed === undefined || resolved.faults.some(({ severity }) => severity === "error"))
    throw new ConfigurationError({ faults: resolved.faults, cli });
  const { location, shown } = placed;
  const isNew = location.kind === "sqlite" && !existsSync(location.file);
  const database = await openControlPlaneDatabase(placed, { logger: SILENT, cli });
  try {
    const store = createStore(database, () => Math.floor(Date.now() / 1_000));
    return await use({
      store,
      resolved,
      database: { shown, isNew },
      openKeys: async (how) => {
        const folder = join(workingDirectory, ".agentos");
        return (await openInstallation({ ...how, store, variable: env[KEY_VARIABLE], folder, cli })).keys;
      },
    });
  } finally {
    await database.close();
  }
}
