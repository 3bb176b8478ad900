/**
 * Which model the demo's assistant has: that of a provider whose key is in the environment, else none, and it follows a
 * script. The providers' packages are installed in a clone; beside a packed command whoever wants one installs it.
 */
import type { Agent } from "@agentos/server";

type Model = Exclude<ConstructorParameters<typeof Agent>[0]["model"], string>;

export interface DemoModel {
  /** Undefined: there is none. */
  readonly model: Model | undefined;
  /** Which it is and why, in one line. */
  readonly note: string;
}

interface Provider {
  /** Variable with its key. */
  readonly keyVariable: string;
  readonly packageName: string;
  /** What the package exports to make the provider. */
  readonly factory: string;
  readonly modelId: string;
  /** Variable with another address, such as a server on this machine that speaks the same. */
  readonly addressVariable?: string;
}

/** The first with a key is taken. */
const PROVIDERS: readonly Provider[] = [
  {
    keyVariable: "OPENAI_API_KEY",
    packageName: "@ai-sdk/openai",
    factory: "createOpenAI",
    modelId: "gpt-5-mini",
    addressVariable: "OPENAI_BASE_URL",
  },
  {
    keyVariable: "ANTHROPIC_API_KEY",
    packageName: "@ai-sdk/anthropic",
    factory: "createAnthropic",
    modelId: "claude-haiku-4-5",
  },
  {
    keyVariable: "GOOGLE_GENERATIVE_AI_API_KEY",
    packageName: "@ai-sdk/google",
    factory: "createGoogleGenerativeAI",
    modelId: "gemini-2.5-flash",
  },
];

/** Another model of the same provider. */
const MODEL_VARIABLE = "AGENTOS_DEMO_MODEL";

const [FIRST = "", SECOND = "", THIRD = ""] = PROVIDERS.map(({ keyVariable }) => keyVariable);
/** What to set, in words. */
export const MODEL_KEYS = `${FIRST}, ${SECOND} or ${THIRD}`;

/** A package by its name; it fails as `import` does. */
type Load = (packageName: string) => Promise<unknown>;

export async function chooseDemoModel(
  env: Readonly<Record<string, string | undefined>>,
  load: Load = (packageName) => import(packageName),
): Promise<DemoModel> {
  const read = (name: string) => env[name]?.trim() || undefined;
  const provider = PROVIDERS.find(({ keyVariable }) => read(keyVariable) !== undefined);
  if (provider === undefined)
    return { model: undefined, note: `scripted, no model: set ${MODEL_KEYS} for a real one` };
  const { keyVariable, packageName, factory, addressVariable = "" } = provider;
  const modelId = read(MODEL_VARIABLE) ?? provider.modelId;
  let create: unknown;
  try {
    create = ((await load(packageName)) as Readonly<Record<string, unknown>>)[factory];
  } catch {
    create = undefined;
  }
  if (typeof create !== "function")
    return {
      model: undefined,
      note: `scripted, no model: ${keyVariable} is set, and "${packageName}" is missing; npm install ${packageName}`,
    };
  const baseURL = read(addressVariable);
  const made = (create as Create)({
    apiKey: read(keyVariable),
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  // Servers that speak OpenAI's protocol elsewhere speak the older one of its two.
  const model = baseURL === undefined || made.chat === undefined ? made(modelId) : made.chat(modelId);
  return { model, note: `${modelId}, as ${keyVariable} is set` };
}

type Create = (options: {
  readonly apiKey: string | undefined;
  readonly baseURL?: string;
}) => ((modelId: string) => Model) & { readonly chat?: (modelId: string) => Model };
