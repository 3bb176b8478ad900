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
      "the database belongs to the key {needed}, which has sealed its private keys ({count} so far), and no key is given: no new one is made",
    fix: 'bring back what the start before had: the file ".agentos/control-plane.key" in the folder of the start, or the variable "AGENTOS_CONTROL_PLANE_KEY"; where another control plane has it, copy its file, or give both the same variable',
  }),
  CONFIG_SEALING_KEY_WRONG: error({
    title:
      'the database belongs to the key {needed}, which has sealed its private keys ({count} so far), and "{option}" gives {found}',
    fix: 'give every control plane of this database the same key: copy the file ".agentos/control-plane.key" of the one that has it, or set the same "AGENTOS_CONTROL_PLANE_KEY" for all; while a key is changed, write the one that is needed behind the current one in "{option}", with a comma between them, until `{cli} control-plane reseal` has run',
  }),
} as const satisfies Record<string, FaultEntry>;
