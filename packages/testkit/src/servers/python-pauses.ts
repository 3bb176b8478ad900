/**
 * A workflow that waits at each of its steps, as a Python AgentOS writes and reads it (contract 4.4, 5.4): requirements pile up,
 * the last one is what is asked, and all of them come back with the answers in them.
 */
type Event = Readonly<Record<string, unknown>>;
type MakeEvent = (name: string, more?: Event) => Event;

const PLAIN = {
  step_type: "Step",
  requires_confirmation: false,
  confirmation_message: null,
  confirmed: null,
  on_reject: "cancel",
  requires_user_input: false,
  user_input_message: null,
  user_input: null,
  requires_route_selection: false,
  available_choices: null,
  allow_multiple_selections: false,
  selected_choices: null,
  requires_output_review: false,
  requires_executor_input: false,
  retry_count: 0,
  on_timeout: "cancel",
};

const field = (name: string, type: string, more: Event): Event => ({
  name,
  field_type: type,
  description: null,
  value: null,
  required: true,
  ...more,
});

/** What is asked, one after the other; the last one is of a kind that only a newer AgentOS knows. */
const ASKED: readonly Event[] = [
  {
    ...PLAIN,
    step_id: "publish",
    step_name: "Publish",
    step_index: 0,
    requires_confirmation: true,
    confirmation_message: "The report goes to 40 people. Publish it?",
    on_reject: "skip",
  },
  {
    ...PLAIN,
    step_id: "deliver",
    step_name: "Deliver",
    step_index: 1,
    step_type: "Router",
    requires_user_input: true,
    user_input_message: "How is it to be delivered?",
    user_input_schema: [
      field("copies", "int", { description: "How many are printed" }),
      field("paper", "str", { allowed_values: ["white", "recycled"] }),
      field("note", "str", { required: false }),
    ],
    requires_route_selection: true,
    available_choices: ["By post", "By mail"],
  },
  { ...PLAIN, step_id: "sign", step_name: "Sign", step_index: 2, requires_signature: true },
];

/** From the beginning to the first question. */
export function makePausingEvents(event: MakeEvent): readonly Event[] {
  return [event("WorkflowStarted"), ...ask(event, [])];
}

/** What comes after answers, which are said again as what came of the step. */
export function makeContinuedEvents(event: MakeEvent, answered: readonly Event[]): readonly Event[] {
  const { step_name, step_index, confirmed, user_input, selected_choices } = answered.at(-1) ?? {};
  const content = JSON.stringify({ confirmed, user_input, selected_choices });
  return [
    event("StepContinued", { step_name, step_index }),
    event("StepCompleted", { step_name, step_index, content, content_type: "str" }),
    ...ask(event, answered),
  ];
}

function ask(event: MakeEvent, answered: readonly Event[]): readonly Event[] {
  const next = ASKED[answered.length];
  if (next === undefined) return [event("WorkflowCompleted", { content: "Signed.", content_type: "str" })];
  const { step_name, step_index, step_id } = next;
  return [
    event("StepPaused", { step_name, step_index, step_id }),
    event("WorkflowPaused", {
      status: "PAUSED",
      pause_kind: "step",
      paused_step_name: step_name,
      paused_step_index: step_index,
      step_requirements: [...answered, next],
    }),
  ];
}

/** Of a stored run: what it waits for, if it does. */
export function showPause(events: readonly Event[]): Event {
  const last = events.at(-1);
  if (last?.["event"] !== "WorkflowPaused") return {};
  const { step_requirements, pause_kind, paused_step_name, paused_step_index } = last;
  return { status: "PAUSED", step_requirements, pause_kind, paused_step_name, paused_step_index };
}
