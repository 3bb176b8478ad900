import {
  type CustomScope,
  customScope,
  type GlobalScope,
  type PerResourceScope,
  type Scope,
} from "./scope-catalogue.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsEqual<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_: T) => {};

isTrue<IsEqual<IsAny<Scope>, false>>(true);
isTrue<IsEqual<IsAny<GlobalScope>, false>>(true);
isTrue<IsEqual<IsAny<PerResourceScope>, false>>(true);
isTrue<IsEqual<IsAny<CustomScope>, false>>(true);
isTrue<IsEqual<string extends Scope ? true : false, false>>(true);

"agents:run" satisfies Scope;
"agents:web-agent:run" satisfies Scope;
"workflows:*:read" satisfies Scope;
"agent_os:admin" satisfies Scope;
"org:members:write" satisfies Scope;
customScope("reports:read") satisfies CustomScope;

// @ts-expect-error -- no such action
"agents:rnu" satisfies Scope;
// @ts-expect-error -- no such resource
"agent:run" satisfies Scope;
// @ts-expect-error -- no such action on one item
"agents:web-agent:rnu" satisfies Scope;
// @ts-expect-error -- sessions have no scopes for one item
"sessions:s-1:read" satisfies Scope;
// @ts-expect-error -- there is no wildcard for the action
"agents:*" satisfies Scope;
// @ts-expect-error -- a plain text is no custom scope
"reports:read" satisfies CustomScope;
