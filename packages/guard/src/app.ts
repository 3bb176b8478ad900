/** The application shell: what a server of ours (agents, control plane) is built of. Everything stands behind the guard. */

export { MAX_PIECEWISE_BYTES } from "./app/body-limits.ts";
export { type AppRoute, createApp } from "./app/create-app.ts";
export { type CustomRoute, isPrivateRoute } from "./app/custom-route.ts";
export { describeIssues } from "./app/describe-issues.ts";
export type { Fetch, FetchEnvironment } from "./app/fetch.ts";
export { StreamCutError } from "./app/guard-body.ts";
export { createGuardedApp, type GuardedApp } from "./app/guarded-app.ts";
export {
  type GuardedAppOptions,
  guardedAppOptionsShape,
  isObjectWith,
} from "./app/guarded-app-options.ts";
export {
  type DescribedRoute,
  type GuardedAppParts,
  type HandlerContext,
  type Handlers,
  type OpenContext,
  type Opened,
  openNothing,
} from "./app/guarded-app-parts.ts";
export {
  echo,
  type InputFault,
  inputFault,
  invalidFields,
  type LimitFault,
  type RequestFault,
  type ValidationIssue,
  valueIssue,
} from "./app/input-fault.ts";
export type { SocketActions } from "./app/join-sockets.ts";
export { findExcess, hasLoneSurrogate, parseJson } from "./app/json-text.ts";
export { requireCaller } from "./app/late-body.ts";
export { createLimitLog, type LimitLog } from "./app/limit-log.ts";
export { describeLimit, limitResponse } from "./app/limit-response.ts";
export { isOpened } from "./app/opened-routes.ts";
export { createOutageLog, type OutageLog } from "./app/outage-log.ts";
export { describePage } from "./app/page-meta.ts";
export { parseJsonText } from "./app/parse-json-text.ts";
export { DAMAGED, readBytes } from "./app/read-bytes.ts";
export { readJsonBody } from "./app/read-json-body.ts";
export { readQuery } from "./app/read-query.ts";
export { faultResponse, jsonResponse, jsonTextResponse, notFound } from "./app/responses.ts";
export type { RequestContext, RouteHandler } from "./app/route-handler.ts";
export { type RunningServer, type ServeOptions, serveOnNode } from "./app/serve.ts";
export { pause, startUpkeep, type Upkeep, type UpkeepTask } from "./app/upkeep.ts";
export { authorizationConfigSchema, corsSchema, trustedProxiesSchema } from "./config/auth-options.ts";
export { filledText, findEmptiness } from "./config/empty-value.ts";
export { findHostProblem, readPortText } from "./config/listen-address.ts";
export {
  createOptionFault,
  findOptionFaults,
  formatPath,
  type OptionSource,
  type OptionWords,
} from "./config/option-faults.ts";
export type { ResolvedPolicy } from "./config/resolve-policy.ts";
export { createDecisionTally, type DecisionTally, type TallyRow } from "./decisions/decision-tally.ts";
export { createKeyTally, type KeyRow, SLOT_SECONDS } from "./decisions/key-tally.ts";
export { createMemoryDecisionCounter } from "./decisions/memory-decision-counter.ts";
export { createMemoryKeyCounter } from "./decisions/memory-key-counter.ts";
export { firstSecondOf, hourOf } from "./denials/count-groups.ts";
export { maySee } from "./denials/denial-recorder.ts";
export { createKeptDenials, type KeptDenial } from "./denials/kept-denials.ts";
export { createMemoryDenialRecorder } from "./denials/memory-denial-recorder.ts";
export {
  type ConnectionRegistry,
  createConnectionRegistry,
  type OpenConnection,
  type OpenedBy,
} from "./gate/connection-registry.ts";
export { createGate, type Gate, type GuardOutcome } from "./gate/gate.ts";
export { clientAddressOf, guardedRequest } from "./gate/guarded-request.ts";
export { logDenial } from "./gate/log-denial.ts";
export { createClientFinder } from "./gate/trusted-proxies.ts";
export { type ConnectionFault, describeConnectionFault } from "./keys/describe-connection-fault.ts";
export {
  describeFileCause,
  type FileContent,
  type FileProblem,
  type ReadFileOptions,
  readFileText,
  readFileTextSync,
  stripLineEnd,
} from "./keys/read-file.ts";
export type { Clock, GenerateId, Runtime } from "./log/runtime.ts";
export { ERROR_PAGE_HEADERS, renderErrorPage } from "./pages/error-page.ts";
export { createMemoryRevocationStore } from "./revocations/memory-revocation-store.ts";
export {
  MAX_REVOCATIONS,
  type NewRevocation,
  type ReadingServer,
  type ReadingServers,
  type RevocationPage,
  type RevocationQuery,
  type RevocationRoom,
  type RevocationSpread,
  type RevocationStore,
  type RevocationsFull,
  roomFor,
  type StoredRevocation,
} from "./revocations/revocation-store.ts";
export { createRevocations, type RevocationOutcome, type Revocations } from "./revocations/revocations.ts";
export {
  LONG_AGO,
  type ReadClocks,
  readClocks,
  secondsBetween,
  type TwoClocks,
} from "./revocations/two-clocks.ts";
export type { SocketAction, SocketContext, SocketFrame, SocketRequest } from "./sockets/socket-action.ts";
export { echoText } from "./sockets/socket-frames.ts";
