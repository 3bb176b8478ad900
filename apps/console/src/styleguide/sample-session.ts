/** Somebody who may everything is signed in, so that what asks for a session has one. No server is asked. */
import type { QueryClient } from "@tanstack/react-query";
import type { SignedIn } from "../lib/session.ts";

const ORGANIZATION = "acme";

const SIGNED_IN: SignedIn = {
  person: { id: "ada", name: "Ada Lovelace", email: "ada@acme.example", has_password: true },
  session: { id: "session", created_at: 1, expires_at: 4_000_000_000 },
  memberships: [
    {
      organization: { id: ORGANIZATION, name: "Acme", created_at: 1 },
      role: "owner",
      scopes: ["os:write", "org:read", "os:read", "agent_os:admin"],
    },
  ],
};

export function fillSession(queryClient: QueryClient): void {
  queryClient.setDefaultOptions({ queries: { staleTime: Number.POSITIVE_INFINITY } });
  queryClient.setQueryData(["session"], SIGNED_IN);
  queryClient.setQueryData(["roles", ORGANIZATION], { data: [] });
  queryClient.setQueryData(["instances", ORGANIZATION, "shop", "configuration"], {
    shell: ["export JWT_VERIFICATION_KEY='…'"],
    steps: [],
  });
}
