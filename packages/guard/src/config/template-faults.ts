/**
 * Values that were copied from documentation and never filled in. They are well-formed, so nothing else would name them:
 * the start would end with an issuer that cannot be reached, or every token with one that it does not name.
 */
import { createFault, type Fault } from "@agentos/contract";
import type { AuthorizationConfig } from "./auth-options.ts";
import { createOptionFault } from "./option-faults.ts";
import { nameOption, type WrittenIn } from "./option-names.ts";

interface Template {
  /** What stands in the value; only the part that matches is ever shown. */
  readonly found: RegExp;
  /** What belongs there. */
  readonly meant: string;
  /** What to do at a place of the value; the default only says to write what is meant. */
  readonly suggest?: (place: string) => string;
}

const TENANT = "the id of your tenant";
const suggestTenant = (place: string) =>
  `write the id of your tenant (a UUID; \`az account show --query tenantId\` prints it) in the place of ${place}: the "iss" of every token has it`;

/** Of Microsoft Entra: one address for the sign-in of many tenants, and no token ever names it. */
const MICROSOFT = String.raw`(?<=^https://(?:login\.(?:partner\.)?microsoftonline\.[a-z]{2,3}|sts\.windows\.net)/)`;
/** The one tenant of all personal accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const ENTRA: readonly Template[] = [
  {
    found: new RegExp(`${MICROSOFT}(?:common|organizations)(?=/|$)`, "i"),
    meant: TENANT,
    suggest: suggestTenant,
  },
  {
    found: new RegExp(`${MICROSOFT}consumers(?=/|$)`, "i"),
    meant: "the id of the tenant of personal accounts",
    suggest: (place) => `write "${CONSUMERS}" in the place of ${place}: the "iss" of every token has it`,
  },
  { found: /\{(?:tenant|tenant_?id)\}/i, meant: TENANT, suggest: suggestTenant },
];

const ANY: readonly Template[] = [
  { found: /\{[\w .-]{1,40}\}/, meant: "your own value" },
  { found: /<[\w .-]{1,40}>/, meant: "your own value" },
  { found: /\bYOUR[_-][A-Z0-9_-]{1,40}/, meant: "your own value" },
  {
    found: /\byour-[a-z-]{0,30}(?:domain|tenant|issuer|app|api|realm|region|pool|project|company|org)\b/,
    meant: "your own value",
  },
  { found: /(?<=^|[/.@])example\.(?:com|org|net)(?=[:/]|$)/i, meant: "your own domain" },
  { found: /(?<=^)\/path\/to(?=\/)/, meant: "the folder of the file" },
];

/** What of a value is a template; undefined for one that was filled in. */
export function findTemplate(
  value: string,
): { readonly found: string; readonly template: Template } | undefined {
  for (const template of [...ENTRA, ...ANY]) {
    const [found] = template.found.exec(value) ?? [];
    if (found !== undefined) return { found, template };
  }
  return undefined;
}

const DISCOVERY = "/.well-known/openid-configuration";

/** The address that a browser shows the discovery document under, where the issuer or its keys belong. */
export function findDocumentFaults(config: AuthorizationConfig, writtenIn: WrittenIn): readonly Fault[] {
  return listParts(config).flatMap(({ at, part: { issuer, jwksUrl } }) => {
    const describe = (name: "issuer" | "jwksUrl", belongs: string, suggestion: string) =>
      createOptionFault({
        option: nameOption(`${at}${name}`, writtenIn),
        problem: `is the address of a discovery document, and ${belongs} belongs here`,
        suggestion,
      });
    return [
      ...(issuer?.endsWith(DISCOVERY) === true
        ? [describe("issuer", "the issuer itself", `write ${showIssuer(issuer)}`)]
        : []),
      ...(jwksUrl?.endsWith(DISCOVERY) === true
        ? [
            describe(
              "jwksUrl",
              "that of the key set",
              issuer === undefined
                ? `leave it out and set "issuer" beside it to ${showIssuer(jwksUrl)}: the keys are found from there`
                : 'leave it out: the keys are found from the "issuer" beside it',
            ),
          ]
        : []),
    ];
  });
}

/** The issuer of a discovery document; a user name or a query is nobody's business. */
function showIssuer(url: string): string {
  const issuer = url.slice(0, -DISCOVERY.length);
  return /[@?#]/.test(issuer) ? `it without "${DISCOVERY}"` : `"${issuer}"`;
}

/** The keys outside "issuers", and each of those inside. */
function listParts(config: AuthorizationConfig) {
  return [
    { at: "", part: config },
    ...(config.issuers ?? []).map((part, index) => ({ at: `issuers[${index}].`, part })),
  ];
}

/** Where addresses, audiences and paths stand, each with its value. Keys have a check of their own (`KEY_PLACEHOLDER`). */
function* listValues(
  config: AuthorizationConfig,
): Generator<readonly [path: string, value: string | undefined]> {
  for (const { at, part } of listParts(config)) {
    const { issuer, jwksUrl, jwksFile, audience } = part;
    yield [`${at}issuer`, issuer];
    yield [`${at}jwksUrl`, jwksUrl];
    yield [`${at}jwksFile`, jwksFile];
    if (typeof audience === "object")
      for (const [index, one] of audience.entries()) yield [`${at}audience[${index}]`, one];
    else yield [`${at}audience`, audience];
  }
}

/** One fault for each value that is still a template. */
export function findTemplateFaults(
  config: AuthorizationConfig,
  {
    writtenIn,
    jwksFileOfEnvironment,
  }: { readonly writtenIn: WrittenIn; readonly jwksFileOfEnvironment: string | undefined },
): readonly Fault[] {
  const named = [...listValues(config)].map(([path, value]) => [nameOption(path, writtenIn), value] as const);
  return [...named, ["JWT_JWKS_FILE", jwksFileOfEnvironment] as const].flatMap(([at, value]) => {
    const hit = value === undefined ? undefined : findTemplate(value);
    if (hit === undefined) return [];
    const { found, template } = hit;
    const { meant, suggest } = template;
    const inBraces = /^\{(.*)\}$/.exec(found)?.[1];
    const place = inBraces === undefined ? `"${found}"` : `"${inBraces}" and its braces`;
    const suggestion = suggest?.(place) ?? `write ${meant} in the place of ${place}`;
    const facts = { found: `"${found}"`, meant, suggestion };
    // An audience is a name that two sides agreed on: tokens may really have this one, and no address has to exist.
    if (/\.audience(?:\[\d+\])?$/.test(at) && /^example\./i.test(found)) {
      const leave =
        'write the "aud" of your tokens; where that really is what stands here, leave it as it is';
      return [
        createFault({
          code: "CONFIG_VALUE_TEMPLATE",
          at,
          facts: { ...facts, suggestion: leave },
          severity: "warning",
        }),
      ];
    }
    return [createFault({ code: "CONFIG_VALUE_TEMPLATE", at, facts })];
  });
}
