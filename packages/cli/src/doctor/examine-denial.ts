/** A recorded refusal, fetched by its id from the server that recorded it. */

import type { Context } from "../program/context.ts";
import { askDenial, type DenialServer } from "./denials/ask-denials.ts";
import { explainDenial } from "./denials/explain-denial.ts";
import { explainNotShown } from "./denials/explain-not-shown.ts";
import { makeFinding, toFinding } from "./findings.ts";
import { type Examined, UNASKED } from "./report.ts";

export async function examineDenial(id: string, server: DenialServer, context: Context): Promise<Examined> {
  const seenAt = `GET /authz/denials/${id}`;
  const place = { kind: "denial", name: id, server: undefined, traits: {}, checks: [], ...UNASKED } as const;
  const answer = await askDenial(id, server, context);
  if (answer.kind !== "found")
    return { ...place, summary: "not shown", findings: explainNotShown(answer, { seenAt, server, context }) };
  const { found: denial } = answer;
  const findings = explainDenial(denial, context).map((cause) =>
    toFinding(cause, { seenAt, serverSaid: denial.detail, denialId: id }),
  );
  const times = denial.count === 1 ? "once" : `${denial.count} times`;
  return {
    ...place,
    summary: `${denial.route}, ${denial.status}, ${times}, seen as ${denial.view}`,
    findings:
      findings.length > 0
        ? findings
        : [
            makeFinding(
              { code: "CLI_ANSWER_UNKNOWN", certainty: "cannot tell", level: "error", seenAt },
              context.cli,
            ),
          ],
  };
}
