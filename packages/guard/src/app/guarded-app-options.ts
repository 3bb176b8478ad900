/** Options that every server of ours takes, beside those of authentication and authorization. */
import { z } from "zod";
import { type AuthOptions, authOptionsShape } from "../config/auth-options.ts";
import type { DenialRecorder } from "../denials/denial-recorder.ts";
import type { Logger } from "../log/runtime.ts";
import { type CustomRoute, customRouteSchema } from "./custom-route.ts";

/** What an agent server and a control plane are both told. */
export interface GuardedAppOptions extends AuthOptions {
  /** Name for people, in `/info` and the API reference. Default none. */
  readonly name?: string | undefined;
  /** Routes of the application, under the same guard; each declares its `access`. A handler that reads a body is not told when its caller is shut out while the body arrives. Default none. */
  readonly routes?: readonly CustomRoute[] | undefined;
  /** Where the operator reads. Default: JSON lines on standard error, credentials replaced. */
  readonly logger?: Logger | undefined;
  /** Where refusals are kept. Default: the database of the server, else bounded memory. */
  readonly denialRecorder?: DenialRecorder | undefined;
}

/** True for an object that has a member of this name. */
export const isObjectWith = (name: string) => (value: unknown) =>
  typeof value === "object" && value !== null && name in value;

export const guardedAppOptionsShape = {
  ...authOptionsShape,
  name: z.string().min(1).optional(),
  routes: z.array(customRouteSchema).readonly().optional(),
  logger: z.custom<Logger>(isObjectWith("warn"), "must have info, warn and error").optional(),
  denialRecorder: z
    .custom<DenialRecorder>(isObjectWith("record"), "must have record, find, list and count")
    .optional(),
};
