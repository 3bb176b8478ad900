/** Answers that many routes of the control plane have. */
import { z } from "zod";
import { errorSchema, limitSchema, problemSchema, validationErrorSchema } from "../../wire/problem.ts";
import type { RouteResponse } from "../route.ts";

/** What an answer says that has nothing to say. */
export const doneSchema = z.object({ is_done: z.literal(true) });

/** What may become of a request that is understood: its code, its cause and its fix are in the body. */
export const refusals = {
  400: { description: "it cannot be done so; the code says why", json: z.union([limitSchema, errorSchema]) },
  403: { description: "this person may not; the code says why", json: problemSchema },
  404: { description: "no such thing, for this person", json: z.union([limitSchema, errorSchema]) },
  409: { description: "what is there stands against it; the code says what", json: limitSchema },
  413: { description: "the body is too large", json: limitSchema },
  422: { description: "a value cannot be used", json: z.union([validationErrorSchema, limitSchema]) },
  429: { description: "too many attempts; `Retry-After` says when to come again", json: limitSchema },
} as const satisfies Readonly<Record<number, RouteResponse>>;
