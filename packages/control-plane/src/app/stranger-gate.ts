/**
 * Public routes that do something, such as signing in. The engine reads no credential there, so it never asks which page
 * has sent the request: a page of anybody's could sign a visitor in as somebody else (login CSRF), and see what they do.
 */
import { type AuthEngine, type AuthPolicy, checkCookieOrigin, fail, ok, type Refusal } from "@agentos/auth";
import { createGate, type Gate } from "@agentos/guard/app";

type GateOptions = Parameters<typeof createGate>[0];

/** The way out that every request has which a page of another site has sent: here no origin can be added. */
export function nameOwnPage(refusal: Refusal): Refusal {
  if (refusal.code !== "AUTH_COOKIE_CROSS_SITE") return refusal;
  const alternative = "open the control plane itself and do it there; for an AgentOS, ";
  return { ...refusal, facts: { ...refusal.facts, alternative } };
}

/** A gate that lets strangers in as `gate` does, but none whom a page of another site has sent. */
export function guardStrangers(gate: Gate, options: GateOptions, policy: AuthPolicy): Gate {
  const { engine } = options;
  const strangers: AuthEngine = {
    ...engine,
    isPublic: () => false,
    authenticate(request) {
      const origin = checkCookieOrigin(request, policy);
      return origin.ok ? ok(engine.anonymous.identity) : fail(nameOwnPage(origin.fault));
    },
    authorize: () => ok(engine.anonymous),
  };
  const strangerGate = createGate({ ...options, engine: strangers });
  return {
    ...gate,
    check: (request, route, parameters) =>
      (engine.isPublic(route, parameters) ? strangerGate : gate).check(request, route, parameters),
  };
}
