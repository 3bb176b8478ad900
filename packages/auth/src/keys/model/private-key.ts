/** A private key as signing needs it. Whoever verifies only names it, and never uses it. */

import type { EcCurve } from "./public-key.ts";

/** What kind it is, and all of it in PKCS#8 (RFC 5958), from whatever form it came. */
export type PrivateKey = { readonly pkcs8: Uint8Array<ArrayBuffer> } & (
  | { readonly type: "RSA"; readonly bits: number }
  | { readonly type: "EC"; readonly curve: EcCurve }
  | { readonly type: "OKP" }
);
