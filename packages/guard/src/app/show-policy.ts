/** The policy in force on the wire. What is shown is listed here by name, so that what is added to a policy stays unseen. */
import { DEFAULT_ISSUER_NAME } from "@agentos/auth";
import { CONTRACT_VERSION, type PolicyObject, SERVER_VERSION } from "@agentos/contract";
import type { PolicyInForce } from "../config/describe-policy.ts";
import { type KeyCounts, SECURITY_KEY_NAME } from "../decisions/key-counter.ts";

/** Shows it; `algorithms` are those of the keys in force. */
export function showPolicy(
  policy: PolicyInForce,
  { algorithms, keyCounts }: { readonly algorithms: readonly string[]; readonly keyCounts: KeyCounts },
): PolicyObject {
  const { since, counts } = keyCounts;
  const countOf = (name: string) => counts.get(name) ?? 0;
  return {
    os_id: policy.id,
    mode: policy.mode,
    has_security_key: policy.hasSecurityKey,
    security_key_request_count: countOf(SECURITY_KEY_NAME),
    keys: policy.keys.map((key) => ({
      source: key.source,
      label: key.label,
      algorithms: [...key.algorithms],
      kid: key.kid ?? null,
      thumbprint: key.thumbprint ?? null,
      form: key.form ?? null,
      repairs: [...key.repairs],
      request_count: key.thumbprint === undefined ? null : countOf(key.thumbprint),
    })),
    key_state: policy.keyState,
    algorithms: [...algorithms],
    counted_since: Math.ceil(since),
    issuers: policy.tokens.map((part, index) => ({
      name: part.name ?? DEFAULT_ISSUER_NAME,
      issuer: part.issuer === undefined ? null : hideSecrets(part.issuer),
      keys_from: [...(policy.keyOrigins[index]?.keysFrom ?? [])],
      audience: listOrNull(part.audience),
      algorithms: listOrNull(part.algorithms),
      allowed_scopes: listOrNull(part.allowedScopes),
      subject_prefix: part.subjectPrefix ?? null,
      requires_expiration: part.requiresExpiration,
      max_lifetime_seconds: part.maxLifetimeSeconds ?? null,
    })),
    enforces_scopes: policy.enforcesScopes,
    isolates_users: policy.isolatesUsers,
    admin_scope: policy.adminScope,
    unsafe: [...policy.unsafeSwitches],
    credential_locations: policy.credentialLocations.map((location) => ({ ...location })),
    allowed_origins: [...policy.allowedOrigins],
    public_routes: [...policy.publicRoutes],
    limits: { ...policy.limits },
    findings: policy.findings.map(({ code, severity, message, fix }) => ({
      code,
      severity,
      message: hideSecrets(message),
      fix: hideSecrets(fix),
    })),
    agno_version: CONTRACT_VERSION,
    server_version: SERVER_VERSION,
  };
}

function listOrNull(list: readonly string[] | undefined): string[] | null {
  return list === undefined ? null : [...list];
}

/** An issuer is any text, and so may be an address with a password or a token in it; a finding may name it. */
function hideSecrets(text: string): string {
  // What comes before the "@" is user information however many slashes there are (https://url.spec.whatwg.org/).
  return text.replaceAll(/(?<=[a-z\d+.-]:[/\\]*)[^\s/\\?#"']*@/gi, "…@").replaceAll(/\?[^\s"']+/g, "?…");
}
