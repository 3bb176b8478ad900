/** The AgentOS wire contract that we implement; reported as `agno_version` by `GET /info` (design.md section 10). */
export const CONTRACT_VERSION = "2.9.0";

/** The first AgentOS (Python) version that verifies JWTs; earlier ones only know the security key. */
export const FIRST_VERSION_WITH_JWT = "2.3.13";

/** Our own version; reported as `server_version`. */
export const SERVER_VERSION = "0.1.0";
