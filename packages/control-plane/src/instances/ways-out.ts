/** The two ways out where a security key is on, the preferred one first. */
import type { InstanceFinding } from "./instance-finding.ts";
import type { KnownVersion } from "./version-gate.ts";

const START_AGAIN = "start the instance again";
const KEY_ONLY = "Use the security key only";

/** For an AgentOS that cannot verify tokens there is one. */
export function describeWaysOut({ verifiesTokens }: KnownVersion): InstanceFinding["choices"] {
  const keyOnly = {
    title: KEY_ONLY,
    steps: [
      "switch Authorization off here",
      "unset JWT_VERIFICATION_KEY, JWT_JWKS_FILE and AUTHORIZATION_ENABLED on the instance",
      START_AGAIN,
    ],
    is_preferred: verifiesTokens === "no",
  };
  if (verifiesTokens === "no") return [keyOnly];
  return [
    {
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
