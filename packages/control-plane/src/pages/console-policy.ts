/**
 * What the document of the console may do, as a header. The origins that it may talk to differ by person, which is why the
 * document comes from a handler: a stranger's may talk to the control plane alone.
 */

/** Scheme, LDH host name or IP literal, port: nothing that could end a word of the policy. Parsed, whoever it comes from. */
const ORIGIN = /^https?:\/\/(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/;
/** A browser reads no header without an end; an organization with more instances has to be shown in parts. */
const MAX_ORIGINS = 500;

/** Writes the policy. An origin of another shape is left out, so that it cannot loosen anything. */
export function writeContentSecurityPolicy(instanceOrigins: readonly string[]): string {
  const origins = [...new Set(instanceOrigins)].filter((origin) => ORIGIN.test(origin)).slice(0, MAX_ORIGINS);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...origins].join(" "),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // Where a browser knows them: no text becomes markup or script, whatever a dependency does.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
