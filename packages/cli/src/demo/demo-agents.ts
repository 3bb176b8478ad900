/** The agents of `agentos dev`: offline, so that nothing is needed but this command; the first has a model where a key is set. */
import { Agent, type Tool } from "@agentos/server";
import { type DemoModel, MODEL_KEYS } from "./choose-model.ts";
import { DEMO_TOOLS } from "./demo-tools.ts";
import { createRecallModel } from "./recall-model.ts";

/** Says back what it is told; the curl lines call this one. */
export const ECHO_AGENT_ID = "echo";

/** Runs of it need more than the role Member gives: with it one sees a refusal, its cause and its fix. */
const CLEANUP_AGENT_ID = "cleanup";
const CLEANUP_SCOPES: readonly string[] = [`agents:${CLEANUP_AGENT_ID}:run`, "knowledge:delete"];

/** Scope rules of the demo over those of every AgentOS, for each way into a run of that agent. */
export const DEMO_SCOPE_MAPPINGS: Readonly<Record<string, string[]>> = Object.freeze({
  [`POST /agents/${CLEANUP_AGENT_ID}/runs`]: [...CLEANUP_SCOPES],
  [`POST /agents/${CLEANUP_AGENT_ID}/runs/{run_id}/continue`]: [...CLEANUP_SCOPES],
});

/** They know what was said before, so that a conversation goes on after a new start. */
const REMEMBERS = { addHistoryToContext: true } as const;

/** Makes them anew for each server. The assistant follows a script unless there is a model for it. */
export function createDemoAgents(model?: DemoModel["model"]): readonly Agent[] {
  return [
    createAssistant(model),
    new Agent({
      ...REMEMBERS,
      id: ECHO_AGENT_ID,
      name: "Echo",
      description: "Says back what you say",
      instructions: "Repeat the user's words.",
      model: "offline:echo",
    }),
    new Agent({
      ...REMEMBERS,
      id: "recall",
      name: "Recall",
      description: "Says what you have said before, also after a new start of the server",
      quickPrompts: ["What did I say before?"],
      model: createRecallModel(),
    }),
    new Agent({
      ...REMEMBERS,
      id: "orders",
      name: "Orders",
      description: "Looks up an order with tools, then answers",
      quickPrompts: ["Where is my order A-1001?"],
      instructions: "Look the order up before you answer.",
      model: "offline:script",
      tools: pick("lookup_order", "get_time"),
      script: {
        steps: [
          {
            text: "Let me look that up. ",
            toolCalls: [{ name: "lookup_order", args: { order_id: "A-1001" } }],
          },
          { text: "Order A-1001 has been delivered; the total was 42.50." },
        ],
      },
    }),
    new Agent({
      ...REMEMBERS,
      id: "refunds",
      name: "Refunds",
      description: "Refunds an order, but asks a person first: the run pauses",
      quickPrompts: ["Refund the order A-1001"],
      instructions: "Refund only after a person has confirmed.",
      model: "offline:script",
      tools: pick("refund_order"),
      script: {
        steps: [
          {
            text: "I need a confirmation for this. ",
            toolCalls: [{ name: "refund_order", args: { order_id: "A-1001" } }],
          },
          { text: "The refund has been made." },
        ],
      },
    }),
    new Agent({
      ...REMEMBERS,
      id: CLEANUP_AGENT_ID,
      name: "Cleanup",
      description:
        'Deletes what is out of date in the knowledge base; needs the scope "knowledge:delete", so a Member is refused',
      quickPrompts: ["Delete what is out of date"],
      model: "offline:script",
      script: { steps: [{ text: "Two entries were out of date, and have been deleted." }] },
    }),
    new Agent({
      ...REMEMBERS,
      id: "whoami",
      name: "Who am I",
      description: "A tool that acts as the caller: shows the user and the scopes of your token",
      quickPrompts: ["Who am I?"],
      model: "offline:script",
      tools: pick("who_am_i"),
      script: {
        steps: [
          { toolCalls: [{ name: "who_am_i", args: {} }] },
          { text: "The result of the tool above is you, as this server sees you." },
        ],
      },
    }),
  ];
}

const ASSISTANT = {
  ...REMEMBERS,
  id: "assistant",
  name: "Assistant",
  instructions: [
    "You answer questions about the orders A-1001, A-1002 and A-1003 of a shop, and about the time.",
    "Look an order up before you say anything about it. Refund one only when the user asks for it.",
    "Be brief.",
  ],
  quickPrompts: ["Where is my order A-1001?", "Refund the order A-1002"],
} as const;

/** Runs a tool, then one that asks first: with a script what a model would do. */
function createAssistant(model: DemoModel["model"]): Agent {
  const tools = pick("lookup_order", "refund_order", "get_time");
  if (model !== undefined)
    return new Agent({
      ...ASSISTANT,
      description: "Looks orders up, and refunds them after you have said yes. Ask it about A-1001.",
      model,
      tools,
    });
  return new Agent({
    ...ASSISTANT,
    description: `Scripted, no model: set ${MODEL_KEYS} and start again for a real one. Whatever you write, it looks up an order and asks before it refunds it.`,
    model: "offline:script",
    tools,
    script: {
      steps: [
        {
          text: "There is no model behind me, so I follow a script. First I look up the order **A-1001**. ",
          toolCalls: [{ name: "lookup_order", args: { order_id: "A-1001" } }],
        },
        {
          text: "It was delivered, and cost 42.50. Now I would refund it, but this tool asks you first. ",
          toolCalls: [{ name: "refund_order", args: { order_id: "A-1001" } }],
        },
        {
          text: `That was the whole script: a tool that ran by itself, and one that waited for your word. With ${MODEL_KEYS} in the environment of \`npm start\`, a real model answers here.`,
        },
      ],
    },
  });
}

function pick(...names: readonly string[]): readonly Tool[] {
  return names.map((name) => {
    const tool = DEMO_TOOLS[name];
    if (tool === undefined) throw new TypeError(`INVARIANT: the demo tool ${name} exists`);
    return tool;
  });
}
