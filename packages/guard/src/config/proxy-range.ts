/** Addresses and ranges of proxies, as an operator writes them. */
import { isIP } from "node:net";

/** True for an address or a range that leaves somebody out: a list that has everybody in it is none. */
export function isProxyRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  const most = version === 4 ? 32 : 128;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}
