/** Asks why: the instance for its record, with the caller's own token, and the control plane for the cause. */
import { AgentOSRefusal, type ClientError, ConnectionFault, isClientError } from "@agentos/client";
import type { Denial, Diagnosis } from "./explain-refusal.ts";
import type { Instance } from "./instance-state.ts";
import { type ProbeTools, probeReach } from "./probe-endpoint.ts";
import type { Services } from "./services.ts";

/** `browser` is what this page looks with. */
type Asking = Pick<Services, "controlPlane" | "instanceClients" | "pagePolicy"> & {
  readonly browser: ProbeTools;
};
type DiagnosisInput = Parameters<Asking["controlPlane"]["diagnoses"]["create"]>[0]["body"];

export interface AskedWhy {
  readonly diagnosis: Diagnosis | undefined;
  readonly denial: Denial | undefined;
}

interface Refused {
  readonly organizationId: string;
  readonly instance: Instance;
  readonly error: ClientError;
  /** All that is known, where this tab has not sent it. */
  readonly record?: Denial | undefined;
  /** Of a record: it is of somebody else. */
  readonly isOfOthers?: boolean;
}

/** Whether the instance itself was asked: a token that could not be made was refused here. */
export function isOfInstance(error: ClientError, instance: Instance): boolean {
  const request = "request" in error ? error.request : undefined;
  return request?.server === "agentos" && request.baseUrl === instance.endpoint?.replace(/\/+$/, "");
}

export async function askWhy(asking: Asking, refused: Refused): Promise<AskedWhy> {
  const { organizationId, instance, error, record, isOfOthers = true } = refused;
  if (record !== undefined) {
    const diagnosis = await diagnoseRecord(asking, { organizationId, instance, record, isOfOthers });
    return { diagnosis, denial: record };
  }
  const request = "request" in error ? error.request : undefined;
  if (request === undefined || !isOfInstance(error, instance))
    return { diagnosis: undefined, denial: undefined };
  const parameters = { organization_id: organizationId, instance_id: instance.id };
  // Before anything else is sent: this token was refused, not the next one.
  const sent = asking.instanceClients.describeSent(instance);
  const denial = await readDenial(asking, refused);
  const seen =
    error instanceof AgentOSRefusal
      ? { answer: describeAnswer(error) }
      : { outcome: await findOutcome(error, instance, asking.browser) };
  // The browser tells of it a moment after the request has failed: the look at it comes first.
  if (isBlockedByPage(asking, { error, instance })) return { diagnosis: BLOCKED, denial };
  const body: DiagnosisInput = {
    request: { method: toMethod(request.method), path: request.path },
    ...seen,
    credential: sent,
    ...(denial === undefined ? {} : { denial }),
  };
  const diagnosis = await asking.controlPlane.diagnoses.create({ parameters, body }).catch(ignoreAnswered);
  return { diagnosis, denial };
}

/** The policy of this document kept the request back, not the instance. */
export function isBlockedByPage(
  { pagePolicy }: Pick<Services, "pagePolicy">,
  { error, instance }: Pick<Refused, "error" | "instance">,
): boolean {
  return (
    error instanceof ConnectionFault && instance.endpoint !== null && pagePolicy.hasBlocked(instance.endpoint)
  );
}

/** Without it, less is known, and what is known is shown. */
function ignoreAnswered(error: unknown): undefined {
  if (!isClientError(error)) throw error;
  return undefined;
}

/** What refuses a token refuses it here, too. */
async function readDenial(
  { instanceClients }: Asking,
  { organizationId, instance, error }: Refused,
): Promise<Denial | undefined> {
  if (!(error instanceof AgentOSRefusal) || error.denialId === undefined || error.status === 401)
    return undefined;
  const client = await instanceClients.open(organizationId, instance);
  return client.denials.read({ parameters: { denial_id: error.denialId } }).catch(ignoreAnswered);
}

type Answer = NonNullable<DiagnosisInput["answer"]>;

function describeAnswer({
  status,
  detail,
  code,
  title,
  fix,
  denialId,
  requiredScopes,
  missingScopes,
  date,
}: AgentOSRefusal): Answer {
  const words = {
    detail,
    code,
    title,
    fix,
    denial_id: denialId,
    required_scopes: requiredScopes.length > 0 ? requiredScopes : undefined,
    missing_scopes: missingScopes.length > 0 ? missingScopes : undefined,
  };
  const body = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
  return { status, body, ...(date === undefined || date.length > 64 ? {} : { date }) };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

function toMethod(method: string): (typeof METHODS)[number] {
  return METHODS.find((known) => known === method) ?? "GET";
}

async function findOutcome(
  error: ClientError,
  { endpoint }: Instance,
  tools: ProbeTools,
): Promise<NonNullable<DiagnosisInput["outcome"]>> {
  if (endpoint === null || !(error instanceof ConnectionFault)) return "unreachable";
  return error.reason === "timed-out" ? "timed-out" : probeReach(endpoint, tools);
}

/** Only this page knows it: nobody else saw the request. */
const BLOCKED: Diagnosis = {
  causes: [
    {
      code: "INSTANCE_NOT_REACHED",
      certainty: "certain",
      title:
        "this page was loaded before the instance had its address, and may ask only those that it knew then",
      evidence: [{ fact: "the policy of this page stopped the request", source: "this browser" }],
      fix: "load the page again: it then knows the address",
      command: null,
      choices: [],
    },
  ],
  knows: [],
};

/**
 * Of a record that somebody reads later: only the record speaks. What one's own role does not give is told by the token of
 * now as well: it has the scopes of the role.
 */
async function diagnoseRecord(
  { controlPlane, instanceClients }: Asking,
  {
    organizationId,
    instance,
    record,
    isOfOthers,
  }: Pick<Refused, "organizationId" | "instance"> & { readonly record: Denial; readonly isOfOthers: boolean },
): Promise<Diagnosis | undefined> {
  const [method = "GET", path = ""] = record.route.split(" ");
  if (!path.startsWith("/")) return undefined;
  const { code, title, detail, fix, status, required_scopes, missing_scopes } = record;
  const words = { code, title, detail, fix, required_scopes, missing_scopes };
  const body = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
  return controlPlane.diagnoses
    .create({
      parameters: { organization_id: organizationId, instance_id: instance.id },
      body: {
        request: { method: toMethod(method), path },
        answer: { status, body },
        denial: record,
        ...(isOfOthers || missing_scopes === undefined || missing_scopes.length === 0
          ? {}
          : { credential: instanceClients.describeSent(instance) }),
      },
    })
    .catch(ignoreAnswered);
}
