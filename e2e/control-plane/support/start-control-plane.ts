/** INTERIM: joins the rooms by hand until createControlPlane is there. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CONTROL_PLANE_ROUTES } from "@agentos/contract/control-plane";
import { serveOnNode } from "@agentos/guard/app";
import { createControlPlaneApp } from "../../../packages/control-plane/src/app/control-plane-app.ts";
import { resolveControlPlane } from "../../../packages/control-plane/src/control-plane/control-plane-options.ts";
import { openControlPlaneDatabase } from "../../../packages/control-plane/src/control-plane/open-control-plane-database.ts";
import { createLocalInstances } from "../../../packages/control-plane/src/instances/local-instances.ts";
import { createKeyPairs } from "../../../packages/control-plane/src/keys/key-pairs.ts";
import { openInstallation } from "../../../packages/control-plane/src/keys/open-installation.ts";
import { createKeyRotation } from "../../../packages/control-plane/src/keys/rotate-keys.ts";
import { printOwnerLink } from "../../../packages/control-plane/src/machine.ts";
import { createCallInstance } from "../../../packages/control-plane/src/outbound/create-call-instance.ts";
import { queueRevocations } from "../../../packages/control-plane/src/revocations/queue-revocations.ts";
import { createInstancesRoutes } from "../../../packages/control-plane/src/routes/instances-routes.ts";
import { createKeysRoutes } from "../../../packages/control-plane/src/routes/keys-routes.ts";
import { createPeopleRoutes } from "../../../packages/control-plane/src/routes/people-routes.ts";
import { createSignInRoutes } from "../../../packages/control-plane/src/routes/sign-in-routes.ts";
import { createSignIn } from "../../../packages/control-plane/src/sign-in/create-sign-in.ts";
import { createStore } from "../../../packages/control-plane/src/store/control-plane-store.ts";
import { createGuardLog } from "./interim-log.ts";

export async function startControlPlane(folder: string) {
  mkdirSync(join(folder, ".agentos"), { mode: 0o700 });
  const { logger, logLines } = createGuardLog();
  const options = { workingDirectory: folder, env: {} };
  const resolved = resolveControlPlane(options);
  const database = await openControlPlaneDatabase(resolved.database!, { logger, cli: "agentos" });
  const now = () => Math.floor(Date.now() / 1000);
  const store = createStore(database, now);
  const { keys } = await openInstallation({
    store,
    variable: undefined,
    folder: join(folder, ".agentos"),
    cli: "agentos",
  });
  const { url } = await printOwnerLink(options);
  const keyPairs = createKeyPairs(keys);
  const publicUrl = resolved.url;
  const signIn = createSignIn({
    store,
    publicUrl: new URL(publicUrl),
    secret: keys.signInSecrets[0],
    now,
  } as never);
  const minting = { store, keyPairs, installationKeys: keys, publicUrl };
  const callInstance = createCallInstance();
  const absent = Object.fromEntries(
    Object.keys(CONTROL_PLANE_ROUTES).map((id) => [id, async () => new Response(null, { status: 501 })]),
  ) as never;
  const app = createControlPlaneApp({
    cookieName: signIn.cookieName,
    readSession: signIn.readSession,
    handlers: {
      ...absent,
      ...createSignInRoutes({ signIn } as never),
      ...createPeopleRoutes({ store, publicUrl, onRevocationsQueued: () => undefined }),
      ...createInstancesRoutes({
        store,
        keyPairs,
        callInstance,
        publicUrl,
        generateId: randomUUID,
        mintForPolicy: async () => "token",
        localInstances: createLocalInstances({ store, locals: [], onFailure: () => undefined }),
      } as never),
      ...createKeysRoutes({
        ...minting,
        rotation: createKeyRotation({
          store,
          keyPairs,
          revokeKey: (change, tokens) => queueRevocations(change, tokens, "key-retired"),
        }),
        refreshPolicy: async () => undefined,
      } as never),
    },
    clock: { now },
    logger,
    cliCommand: "agentos",
    trustedProxies: [],
    findOutage: () => undefined,
  } as never);
  const server = await serveOnNode(app.fetch, {
    host: "127.0.0.1",
    port: 0,
    drainSeconds: 1,
    loopbackOnly: undefined,
    drain: async () => undefined,
    onClose: () => database.close(),
    logger,
  });
  return {
    port: server.port,
    url: publicUrl,
    databaseFile: join(folder, ".agentos/control-plane.db"),
    ownerSecret: new URL(url).hash.split("=")[1] ?? "",
    logLines,
    close: () => server.close(),
  };
}
