/** Machine credentials (contract 1.6). */

/** How the token of a service account begins, and nothing else may. */
export const SERVICE_ACCOUNT_TOKEN_PREFIX = "agno_pat_";
