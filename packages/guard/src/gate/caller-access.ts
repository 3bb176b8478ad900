/** What a protected route may ask of a caller; an empty list would open it to everybody who is known. */
import { z } from "zod";

/** "authenticated" for every verified caller, or the scopes that are all required. */
export const callerAccessSchema = z.union([
  z.literal("authenticated"),
  z.array(z.string()).min(1).readonly(),
]);
