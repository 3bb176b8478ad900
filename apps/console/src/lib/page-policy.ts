/**
 * Which origins this document was kept from asking by its own policy. It names those of the instances that were known when the
 * document was loaded; one that was connected or moved since then is asked only by a document that is loaded anew.
 */
export interface PagePolicy {
  readonly hasBlocked: (url: string) => boolean;
}

export function watchPagePolicy(target: Pick<EventTarget, "addEventListener">): PagePolicy {
  const origins = new Set<string>();
  target.addEventListener("securitypolicyviolation", (event) => {
    if (!("blockedURI" in event && "effectiveDirective" in event)) return;
    const blocked = String(event.blockedURI);
    if (event.effectiveDirective === "connect-src" && URL.canParse(blocked))
      origins.add(new URL(blocked).origin);
  });
  return { hasBlocked: (url) => URL.canParse(url) && origins.has(new URL(url).origin) };
}
