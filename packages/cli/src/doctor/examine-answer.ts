/** A refusal that somebody has already got: its own code decides, and what else is known says the rest. */
import { diagnose, isErrorCode, type KnownServer } from "@agentos/auth";
import type { Context } from "../program/context.ts";
import { joinWords, toFinding } from "./findings.ts";
import { readDenialId } from "./read-body.ts";
import { type DoctorRequest, type Examined, UNASKED } from "./report.ts";
import type { PastedAnswer } from "./what/read-pasted-answer.ts";

export interface ExamineAnswerOptions {
  /** The credential that was refused, where it is at hand. */
  readonly token: string | undefined;
  /** What is known of the server that refused. */
  readonly server: KnownServer | undefined;
  /** The request that was refused. */
  readonly request: DoctorRequest | undefined;
}

const PLACE = "the pasted answer";

export function examineAnswer(
  { status, body }: PastedAnswer,
  { token, server, request }: ExamineAnswerOptions,
  { now, cli }: Context,
): Examined {
  const read = (name: string) => {
    const value = body[name];
    return typeof value === "string" ? value.slice(0, 4_000) : undefined;
  };
  const code = read("code");
  const readTexts = (name: string) => {
    const value = body[name];
    return Array.isArray(value) ? value.filter((text) => typeof text === "string").slice(0, 50) : undefined;
  };
  const detail = read("detail");
  const causes = diagnose({
    answer: {
      status,
      code,
      detail,
      title: read("title"),
      fix: read("fix"),
      requiredScopes: readTexts("required_scopes"),
      missingScopes: readTexts("missing_scopes"),
    },
    credential: token,
    server,
    ...(request?.matched === undefined ? {} : { request: request.matched }),
    now: now(),
    cli,
  });
  const isKnown = code !== undefined && isErrorCode(code);
  const denialId = readDenialId(read("denial_id"));
  const said = { detail, title: read("title") };
  return {
    kind: "answer",
    name: PLACE,
    summary: isKnown ? `${status}, its code is ${code}` : `${status}, without a code of this version`,
    server: undefined,
    traits: {},
    checks: [],
    ...UNASKED,
    findings: causes.map((cause) =>
      toFinding(cause, { seenAt: PLACE, serverSaid: joinWords(said, cause.sentence), denialId }),
    ),
  };
}
