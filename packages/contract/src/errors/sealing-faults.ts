/**
 * Faults of the key that private keys are sealed with in the database of the control plane. `{option}` is the variable or
 * the file that gives it. Keys are told apart by names that say nothing of them.
 */
import type { FaultEntry } from "./entry.ts";
import { error } from "./fault-entry.ts";

export const sealingFaults = {
  CONFIG_SEALING_KEY_INVALID: error({
    title: 'key {number} in "{option}" {problem}',
    fix: "write 32 random bytes, as `openssl rand -base64 32` prints them; where there are several, the current one first and commas between them",
  }),
  CONFIG_SEALING_FILE_UNUSABLE: error({
    title: 'the key file "{option}" cannot be used: {problem}',
    fix: 'let only the user that runs this process own and read it (`chmod 600`), and its folder (`chmod 700`); or give the key in "AGENTOS_CONTROL_PLANE_KEY"',
  }),
  CONFIG_SEALING_KEY_MISSING: error({
    title:
      "the database holds private keys ({count}) that are sealed by the key {needed}, and no key is given: no new one is made over them",
    fix: 'bring back what the start before had: the file ".agentos/control-plane.key" in the folder of the start, or the variable "AGENTOS_CONTROL_PLANE_KEY"',
  }),
  CONFIG_SEALING_KEY_WRONG: error({
    title:
      'the database holds private keys ({count}) that are sealed by the key {needed}, and "{option}" gives {found}',
    fix: 'write that key behind the current one in "{option}", with a comma between them, until `{cli} control-plane reseal` has run',
  }),
} as const satisfies Record<string, FaultEntry>;
