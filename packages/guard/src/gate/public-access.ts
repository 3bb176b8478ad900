/** Who calls a public route, where no credential is read: nobody that we know, who is kept from nothing. */
import { type Access, compileGrants } from "@agentos/auth";
import { ADMIN_SCOPE } from "@agentos/contract";

/** The access of every request on a public route. Scopes were not asked, so that no list is narrowed. */
export const PUBLIC_ACCESS: Access = Object.freeze({
  identity: Object.freeze({
    kind: "anonymous",
    userId: undefined,
    sessionId: undefined,
    scopes: Object.freeze([]),
    grants: compileGrants([], ADMIN_SCOPE),
    claims: Object.freeze({}),
    dependencies: undefined,
    sessionState: undefined,
    expiresAt: undefined,
    notBefore: undefined,
    keyLabel: undefined,
  }),
  visible: "all",
  dataScope: Object.freeze({ kind: "all" }),
  decision: undefined,
});
