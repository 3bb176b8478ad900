/** The whole application with the routes of signing in; of all the others it answers nothing. */
import { CONTROL_PLANE_ROUTES, type ControlPlaneRouteId } from "@agentos/contract/control-plane";
import type { DialectName } from "@agentos/storage";
import { createTestLogger } from "@agentos/testkit";
import { z } from "zod";
import { createControlPlaneApp } from "../app/control-plane-app.ts";
import type { ControlPlaneHandler } from "../app/handler.ts";
import { createSignIn } from "../sign-in/create-sign-in.ts";
import { openTestStore, type TestStore } from "../store/test-store.fixture.ts";
import { createSignInRoutes } from "./sign-in-routes.ts";

const PUBLIC_URL = "https://console.test";
export const PASSWORD = "four words of mine";

export interface Sent {
  readonly body?: unknown;
  readonly cookie?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of the client. */
  readonly from?: string;
}

/** What tests take out of a body; they hold the rest of it against what they expect as a whole. */
const bodySchema = z
  .looseObject({
    code: z.string(),
    title: z.string(),
    fix: z.string(),
    session: z.looseObject({ id: z.string() }),
    data: z.array(z.looseObject({ id: z.string(), is_current: z.boolean() })),
  })
  .partial();

export interface Answer {
  readonly status: number;
  readonly body: z.infer<typeof bodySchema>;
  readonly setCookie: string | undefined;
  /** Name and value, as a browser sends it back. */
  readonly cookie: string | undefined;
  readonly headers: Headers;
}

export interface SignInApp extends TestStore {
  send(route: `${string} /${string}`, sent?: Sent): Promise<Answer>;
  readonly cookieName: string;
}

type Handlers = { readonly [Id in ControlPlaneRouteId]: ControlPlaneHandler<Id> };

/** Opens it over an empty database. */
export async function openSignInApp(
  dialect: DialectName,
  publicUrl: string = PUBLIC_URL,
): Promise<SignInApp> {
  const test = await openTestStore(dialect);
  const now = () => test.clock.now;
  const signIn = createSignIn({
    store: test.store,
    publicUrl: new URL(publicUrl),
    secret: "of this test alone, and forty-three letters",
    now,
  });
  const absent = Object.fromEntries(
    Object.keys(CONTROL_PLANE_ROUTES).map((id) => [id, async () => new Response(null, { status: 501 })]),
  ) as unknown as Handlers;
  const app = createControlPlaneApp({
    cookieName: signIn.cookieName,
    readSession: signIn.readSession,
    handlers: { ...absent, ...createSignInRoutes({ signIn }) },
    clock: { now },
    logger: createTestLogger(),
    cliCommand: "agentos",
    trustedProxies: [],
    findOutage: () => undefined,
  });
  return {
    ...test,
    cookieName: signIn.cookieName,
    async send(route, { body, cookie, headers = {}, from = "192.0.2.1" } = {}) {
      const [method = "GET", path = "/"] = route.split(" ");
      const request = new Request(new URL(path, publicUrl), {
        method,
        headers: {
          // As a browser sends it from a page of our own.
          ...(method === "GET" ? {} : { origin: publicUrl, "sec-fetch-site": "same-origin" }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const response = await app.fetch(request, { clientAddress: from });
      const text = await response.text();
      const [setCookie] = response.headers.getSetCookie();
      return {
        status: response.status,
        body: bodySchema.parse(text === "" ? {} : JSON.parse(text)),
        setCookie,
        cookie: setCookie?.split(";")[0],
        headers: response.headers,
      };
    },
  };
}

/** The lowest first. */
export function statusesOf(answers: readonly Answer[]): readonly number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}
