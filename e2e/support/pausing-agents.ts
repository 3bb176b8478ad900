/** Agents whose tools wait, one for each way of waiting, and what their tools have done. */
import { Agent, type AgentOSOptions, type Tool, tool } from "@agentos/server";
import { z } from "zod";

export interface PausingAgents {
  readonly agents: NonNullable<AgentOSOptions["agents"]>;
  /** One line for each call that ran: tool, arguments, caller and its scopes. */
  readonly effects: string[];
}

/** Each asks for its calls, and says how it went once they are answered. */
export function createPausingAgents(): PausingAgents {
  const effects: string[] = [];
  const note =
    (
      name: string,
    ): ((args: unknown, context: { caller: { subject?: unknown; scopes: unknown } }) => string) =>
    (args, { caller }) => {
      effects.push(
        `${name} ${JSON.stringify(args)} ${String(caller.subject)} ${JSON.stringify(caller.scopes)}`,
      );
      return `${name} done`;
    };
  const order = z.object({ order_id: z.string() });
  const refund = z.object({ order_id: z.string(), cents: z.int().min(1) });
  const tools = {
    refund: tool({
      name: "refund_order",
      description: "Waits for a confirmation",
      parameters: refund,
      requiresConfirmation: true,
      execute: note("refund_order"),
    }),
    editable: tool({
      name: "pay_out",
      description: "Waits for a confirmation that may change the sum",
      parameters: refund,
      requiresConfirmation: true,
      editableArguments: ["cents"],
      execute: note("pay_out"),
    }),
    external: tool({
      name: "open_door",
      description: "Runs at the client",
      parameters: order,
      externalExecution: true,
    }),
    form: tool({
      name: "book_seat",
      description: "Waits for a seat",
      parameters: z.object({ film: z.string(), seat: z.int().min(1).describe("Which seat") }),
      requiresUserInput: ["seat"],
      execute: note("book_seat"),
    }),
    plain: tool({
      name: "look_up",
      description: "Waits for nobody",
      parameters: order,
      execute: note("look_up"),
    }),
  } satisfies Record<string, Tool>;
  const call = (name: string, args: Record<string, unknown>) => ({ name, args });
  const waits = (id: string, ...toolCalls: ReturnType<typeof call>[]) =>
    new Agent({
      id,
      model: "offline:script",
      tools: Object.values(tools),
      script: { steps: [{ text: "Let me see. ", toolCalls }, { text: "All done." }] },
    });
  const asked = { order_id: "A-1", cents: 500 };
  return {
    effects,
    agents: [
      waits("refunder", call("refund_order", asked)),
      waits("payer", call("pay_out", asked)),
      waits("porter", call("open_door", { order_id: "A-1" })),
      waits("booker", call("book_seat", { film: "Alien", seat: 99 })),
      waits(
        "several",
        call("look_up", { order_id: "A-1" }),
        call("refund_order", asked),
        call("pay_out", asked),
      ),
      new Agent({
        id: "twice",
        model: "offline:script",
        tools: Object.values(tools),
        script: {
          steps: [
            { toolCalls: [call("refund_order", asked)] },
            { toolCalls: [call("refund_order", { ...asked, order_id: "A-2" })] },
            { text: "Both done." },
          ],
        },
      }),
    ],
  };
}
