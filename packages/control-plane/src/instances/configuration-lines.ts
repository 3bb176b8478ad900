/**
 * The lines that make an instance what its switches say: for a shell, and for an env file. Pure. No value is a secret, and
 * each is written so that neither shells nor loaders change it: without quotes, spaces or line ends of its own.
 */

export interface WantedConfiguration {
  readonly authorization: boolean;
  readonly securityKey: boolean;
  /** The key that signs, as SPKI PEM; undefined where there is none. */
  readonly publicPem: string | undefined;
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Origin of the console's pages. */
  readonly consoleOrigin: string;
  /** Our own server. A Python AgentOS, or one that nobody has seen, takes fewer forms. */
  readonly isOurs: boolean;
}

export interface ConfigurationLines {
  readonly shell: string[];
  readonly dotenv: string[];
  readonly steps: string[];
}

const TOKEN_VARIABLES = ["JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", "AUTHORIZATION_ENABLED"] as const;
const NEW_SECRET = "openssl rand -hex 32";

/** Writes them. */
export function writeConfiguration(wanted: WantedConfiguration): ConfigurationLines {
  const tokens = wanted.authorization ? writeTokens(wanted) : writeNoTokens();
  const key = wanted.securityKey ? writeSecurityKey() : writeNoSecurityKey();
  const origin = writeOrigin(wanted);
  return {
    shell: [...tokens.shell, ...key.shell, ...origin.shell],
    dotenv: [...tokens.dotenv, ...key.dotenv, ...origin.dotenv],
    steps: [
      ...tokens.steps,
      ...key.steps,
      ...origin.steps,
      ...describeResult(wanted),
      "start the instance again",
    ],
  };
}

function writeTokens({ publicPem, issuer, jwksUrl, isOurs }: WantedConfiguration): ConfigurationLines {
  if (publicPem === undefined)
    return {
      shell: [],
      dotenv: [],
      steps: ["no key signs for this instance yet: switch Authorization off and on again, or publish a key"],
    };
  const pem = publicPem.trim();
  const base64 = Buffer.from(`${pem}\n`, "utf8").toString("base64");
  const jwksFile = [
    "# in place of JWT_VERIFICATION_KEY, a file with every key of this instance:",
    `# curl -fsS ${jwksUrl} -o jwks.json, then JWT_JWKS_FILE with the path of that file`,
  ];
  return {
    shell: [
      // Decoded by the shell itself, so that the variable holds the PEM as every AgentOS reads it.
      `export JWT_VERIFICATION_KEY="$(printf %s ${base64} | openssl base64 -d -A)"`,
      "export AUTHORIZATION_ENABLED=true",
      "unset JWT_JWKS_FILE",
      ...jwksFile,
    ],
    dotenv: [
      // Our servers read base64, which no loader changes. PyJWT wants the PEM: most loaders make line ends of these.
      isOurs ? `JWT_VERIFICATION_KEY=${base64}` : `JWT_VERIFICATION_KEY="${pem.replaceAll("\n", "\\n")}"`,
      "AUTHORIZATION_ENABLED=true",
      "# delete the line of JWT_JWKS_FILE, if there is one",
      ...jwksFile,
    ],
    steps: [
      "set JWT_VERIFICATION_KEY and AUTHORIZATION_ENABLED, and take JWT_JWKS_FILE away",
      isOurs
        ? `where the configuration is code, "authorizationConfig: { issuer: '${issuer}' }" in place of the key follows every rotation by itself`
        : "where the configuration is code, AgentOS(authorization=True) has to be set, so that scopes are enforced",
      ...(isOurs
        ? []
        : ["where a loader keeps \\n as two characters, use the lines for a shell, or the file of keys"]),
    ],
  };
}

function writeNoTokens(): ConfigurationLines {
  return {
    shell: [`unset ${TOKEN_VARIABLES.join(" ")}`],
    dotenv: TOKEN_VARIABLES.map((name) => `# delete the line of ${name}, if there is one`),
    steps: [
      `take ${TOKEN_VARIABLES.join(", ")} away, and every JWT key and "authorization" in the configuration of the instance`,
    ],
  };
}

function writeSecurityKey(): ConfigurationLines {
  return {
    // One that is there stays: whoever uses it would be shut out.
    shell: [`export OS_SECURITY_KEY="\${OS_SECURITY_KEY:-$(${NEW_SECRET})}"`],
    dotenv: [`# if there is no line of OS_SECURITY_KEY yet: echo "OS_SECURITY_KEY=$(${NEW_SECRET})" >> .env`],
    steps: ["set OS_SECURITY_KEY to a secret of your own, which this control plane never sees"],
  };
}

function writeNoSecurityKey(): ConfigurationLines {
  return {
    shell: ["unset OS_SECURITY_KEY"],
    dotenv: ["# delete the line of OS_SECURITY_KEY, if there is one"],
    steps: ["take OS_SECURITY_KEY away"],
  };
}

function writeOrigin({ consoleOrigin, isOurs }: WantedConfiguration): ConfigurationLines {
  const list = JSON.stringify([consoleOrigin]);
  const note = "# with other origins in CORS_ORIGIN_LIST already: add this one to them";
  return {
    shell: [note, `export CORS_ORIGIN_LIST='${list}'`],
    // Quotes inside are lost where a shell reads the file. Our servers take the origins without them.
    dotenv: [note, `CORS_ORIGIN_LIST=${isOurs ? consoleOrigin : list}`],
    steps: [`let the pages of ${consoleOrigin} call the instance (CORS_ORIGIN_LIST)`],
  };
}

function describeResult({ authorization, securityKey }: WantedConfiguration): string[] {
  if (authorization && securityKey)
    return ["with both set, the instance takes tokens only: requests with the security key are refused"];
  if (!authorization && !securityKey)
    return ["with neither set, whoever reaches the address of the instance may do everything"];
  return [];
}
