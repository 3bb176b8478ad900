import type { FaultCode } from "./error-catalogue.ts";
import { createFault, type Fault } from "./fault.ts";

type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_: T) => {};

const inUse = createFault({ code: "CONFIG_PORT_IN_USE", facts: { port: 80 } });
isTrue<IsEqual<typeof inUse, Fault<"CONFIG_PORT_IN_USE">>>(true);

// @ts-expect-error -- the text has a place for the port
createFault({ code: "CONFIG_PORT_IN_USE" });
// @ts-expect-error -- a fact with a typing error
createFault({ code: "CONFIG_PORT_IN_USE", facts: { prot: 80 } });
// @ts-expect-error -- the text names the option
createFault({ code: "CONFIG_OPTION_INVALID", facts: { problem: "is too long" } });
createFault({ code: "CONFIG_OPTION_INVALID", at: "id", facts: { problem: "is too long" } });
// Facts beyond those of the text are kept for the record.
createFault({ code: "CONFIG_PORT_IN_USE", facts: { port: 80, suggestion: "wait" } });
// The command is the renderer's, and braces around more than a name belong to the text.
createFault({ code: "CONFIG_KEYS_MISSING" });

// Of a code that is one of several, only what each of them needs is asked for.
declare const weak: "KEY_WEAK_RSA" | "KEY_RSA_TOO_LARGE";
createFault({ code: weak, facts: { bits: 1024 } });
// @ts-expect-error -- both name the bits
createFault({ code: weak, facts: { limit: 16_384 } });
declare const code: FaultCode;
createFault({ code });
