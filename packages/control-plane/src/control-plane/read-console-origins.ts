/** Which instances the console may talk to from the browser that asks for its document. */
import type { Logger } from "@agentos/guard";
import { readConnectOrigins } from "../instances/read-instances.ts";
import type { SignIn } from "../sign-in/create-sign-in.ts";
import type { ControlPlaneStore } from "../store/control-plane-store.ts";

export interface OriginReaderServices {
  readonly store: ControlPlaneStore;
  readonly signIn: Pick<SignIn, "cookieName" | "readSession">;
  readonly logger: Logger;
}

/** Reads them. For a stranger there are none. */
export function createOriginReader({ store, signIn, logger }: OriginReaderServices) {
  return async (request: Request): Promise<readonly string[]> => {
    const cookie = readCookie(request.headers.get("cookie") ?? "", signIn.cookieName);
    if (cookie === undefined) return [];
    try {
      const signedIn = await signIn.readSession(cookie);
      if (signedIn === undefined) return [];
      const { person, memberships } = signedIn;
      const origins = await store.read((db) =>
        Promise.all(
          memberships.map(({ organizationId }) =>
            readConnectOrigins(db, { organizationId, personId: person.id }),
          ),
        ),
      );
      return origins.flat();
    } catch (error) {
      // The page comes all the same: it asks the API, and says what that answers.
      logger.warn({ error }, "the instances of a page could not be read");
      return [];
    }
  };
}

/** Undefined where it is not there once: of two with one name nobody knows whose is whose. */
function readCookie(header: string, name: string): string | undefined {
  const values = header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
