/** A run is reached only through its session (contract 2.7, 4.3). The words are the contract's; where to send it, ours. */
import { type InputFault, inputFault } from "@agentos/guard/app";

const DETAIL = "session_id is required for this action";

export const SESSION_REQUIRED_IN_QUERY: InputFault = inputFault(
  400,
  DETAIL,
  "send it in the query, as in /cancel?session_id=SESSION: no body is read here",
);

export const SESSION_REQUIRED_IN_BODY: InputFault = inputFault(
  400,
  DETAIL,
  'send it in the body, as the field "session_id": the query is not read here',
);
