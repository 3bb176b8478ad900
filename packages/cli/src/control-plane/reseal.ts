/** `agentos control-plane reseal`: seals every private key with the secret that is the current one. */
import { resealInstallation } from "@agentos/control-plane/machine";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { describeCount } from "../text/describe-count.ts";
import { type MachineCommandOptions, orExplain, readMachineOptions } from "./machine-options.ts";

export async function reseal(options: MachineCommandOptions, context: Context): Promise<ExitCode> {
  const { print, note } = context.terminal;
  const { resealed, unopened, isHandedOver } = await orExplain(
    resealInstallation(await readMachineOptions(options, context), (count) =>
      note(`sealed anew: ${describeCount(count, "key")}`),
    ),
    context,
  );
  const whatWasDone =
    resealed > 0
      ? `sealed anew: ${describeCount(resealed, "key")}`
      : isHandedOver
        ? "the database belongs to the current secret from now on"
        : "every key that opens was sealed with the current secret already";
  const mayGo =
    unopened === 0 && (resealed > 0 || isHandedOver)
      ? "; older secrets may go from AGENTOS_CONTROL_PLANE_KEY"
      : "";
  print(`${whatWasDone}${mayGo}`);
  if (unopened === 0) return ExitCode.ok;
  note(
    `${describeCount(unopened, "key")} could not be opened by any secret at hand, and stayed as they were: keep the secret that has sealed them`,
  );
  return ExitCode.failed;
}
