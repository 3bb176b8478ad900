/** A source of keys that fails is said when it begins, when its keys are dropped, and when it is good again. */
import type { KeySource } from "@agentos/auth";
import { renderFault } from "@agentos/contract";
import type { Logger } from "../log/runtime.ts";

/** Logs from now on, as long as the source lives. */
export function logKeyState(logger: Logger, keySource: KeySource, cli: string): void {
  let known = "ok";
  keySource.subscribe?.(() => {
    const { state, faults } = keySource.status?.() ?? { state: "ok", faults: [] };
    // A set that was emptied on purpose is read well, and yet refuses everybody.
    const isGood = state === "ok" && keySource.current().keys.length > 0;
    const now = isGood ? "ok" : `${state} ${faults.map(({ code }) => code).join(" ")}`;
    if (now === known) return;
    known = now;
    if (isGood) return logger.info({ state }, "the verification keys can be read again");
    const told = faults.map((fault) => {
      const { code, message, fix } = renderFault(fault, cli);
      return { code, message, fix };
    });
    logger.warn({ state, faults: told }, "verification keys cannot be read any more");
  });
}
