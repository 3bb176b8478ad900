import { z } from "zod";
import * as mini from "zod/mini";
import { tool } from "./define-tool.ts";

type IsAny<Value> = 0 extends 1 & Value ? true : false;
const isFalse = <Value extends false>(_: Value) => {};
const takeNumber = (value: number) => value;
const base = { name: "t", description: "d" };

// Arguments are those of the schema, of zod and of zod/mini; what zod makes of them, not what the model wrote.
tool({
  ...base,
  parameters: z.object({ a: z.number(), when: z.iso.datetime().transform((text) => new Date(text)) }),
  execute: ({ a, when }) => {
    isFalse<IsAny<typeof a>>(false);
    return takeNumber(a) + when.getTime();
  },
});
tool({
  ...base,
  parameters: mini.object({ a: mini.number() }),
  execute: ({ a }) => {
    isFalse<IsAny<typeof a>>(false);
    return takeNumber(a);
  },
});
// With a JSON schema they are what the model wrote.
tool({
  ...base,
  parameters: { type: "object", properties: {} },
  execute: (args) => {
    isFalse<IsAny<(typeof args)[string]>>(false);
    return args["a"];
  },
});

// @ts-expect-error -- the arguments of a call are an object
tool({ ...base, parameters: z.string(), execute: () => 1 });
// @ts-expect-error -- it is "requiresConfirmation"
tool({ ...base, parameters: z.object({}), execute: () => 1, needsConfirmation: true });
// @ts-expect-error -- it is "parameters"
tool({ ...base, inputSchema: z.object({}), execute: () => 1 });
// @ts-expect-error -- the model chooses by the description
tool({ name: "t", parameters: z.object({}), execute: () => 1 });
