/** The two ways out where a security key is on. */

import { FIRST_VERSION_WITH_JWT } from "@agentos/contract";
import type { InstanceFinding } from "./instance-finding.ts";
import type { KnownVersion } from "./version-gate.ts";

/** What comes of both switches being on, as the instance is set up. */
export function describeBothOn(isKeyOnly: boolean): string {
  return isKeyOnly
    ? "it is set up with the security key, so tokens are refused"
    : "Authorization wins there, so requests with the security key are refused";
}

const START_AGAIN = "start the instance again";

/** The first is the preferred one. An AgentOS that cannot verify tokens goes with the key until it is upgraded. */
export function describeWaysOut({ verifiesTokens }: KnownVersion): InstanceFinding["choices"] {
  const keyOnly = {
    id: "security-key-only" as const,
    title: "Use the security key only",
    steps: [
      "switch Authorization off here",
      "unset JWT_VERIFICATION_KEY, JWT_JWKS_FILE and AUTHORIZATION_ENABLED on the instance",
      START_AGAIN,
    ],
    is_preferred: verifiesTokens === "no",
  };
  if (verifiesTokens === "no")
    return [
      keyOnly,
      {
        id: "upgrade",
        title: "Upgrade the AgentOS",
        steps: [
          `upgrade it to ${FIRST_VERSION_WITH_JWT} or later, and ${START_AGAIN}`,
          "where it reports no version, enter it in its settings here",
        ],
        is_preferred: false,
      },
    ];
  return [
    {
      id: "authorization-only",
      title: "Use Authorization (JWT) only",
      steps: [
        "switch Authorization on and Security key off here",
        "unset OS_SECURITY_KEY on the instance",
        "set the other lines of its configuration on the instance",
        START_AGAIN,
      ],
      is_preferred: true,
    },
    keyOnly,
  ];
}
