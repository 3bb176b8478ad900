/**
 * What the document of the console may do, as a header. The origins that it may talk to differ by person, which is why the
 * document comes from a handler: a stranger's may talk to the control plane alone.
 */

/** Scheme, LDH host name or IP literal, port: nothing that could end a word of the policy. Parsed, whoever it comes from. */
const ORIGIN = /^https?:\/\/(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/;
/** The longest hosts of all instances of an organization fit; docs/control-plane.md lets a proxy read 32 kB of headers. */
const MAX_ORIGINS_BYTES = 29_900;

/** Writes the policy. An origin of another shape is left out, so that it cannot loosen anything. */
export function writeContentSecurityPolicy(instanceOrigins: readonly string[]): string {
  let bytes = 0;
  const origins = [...new Set(instanceOrigins)].filter(
    (origin) => ORIGIN.test(origin) && (bytes += origin.length + 1) <= MAX_ORIGINS_BYTES,
  );
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
