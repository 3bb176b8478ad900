/** `agentos control-plane reseal`: seals every private key with the secret that is the current one. */
import { resealInstallation } from "@agentos/control-plane/machine";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { describeCount } from "../text/describe-count.ts";
import { type MachineCommandOptions, orExplain, readMachineOptions } from "./machine-options.ts";

export async function reseal(options: MachineCommandOptions, context: Context): Promise<ExitCode> {
  const { print, note } = context.terminal;
  const { resealed, unopened } = await orExplain(
    resealInstallation(await readMachineOptions(options, context), (count) =>
      note(`sealed anew: ${describeCount(count, "key")}`),
    ),
    context,
  );
  print(
    resealed === 0
      ? "every key that opens was sealed with the current secret already"
      : `sealed anew: ${describeCount(resealed, "key")}; older secrets may go from AGENTOS_CONTROL_PLANE_KEY`,
  );
  if (unopened === 0) return ExitCode.ok;
  note(
    `${describeCount(unopened, "key")} could not be opened by any secret at hand, and stayed as they were: keep the secret that has sealed them`,
  );
  return ExitCode.failed;
}
