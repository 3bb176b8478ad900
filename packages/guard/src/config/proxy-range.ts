/** Addresses and ranges of proxies, as an operator writes them. */
import { BlockList, isIP } from "node:net";

/** True for an address or a range that leaves somebody out: a list that has everybody in it is none. */
export function isProxyRange(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  const most = version === 4 ? 32 : 128;
  if (bits === undefined) return true;
  if (!/^[1-9]\d{0,2}$/.test(bits) || Number(bits) > most) return false;
  return version === 4 || !hasAllOfIpv4(address, Number(bits));
}

/** IPv4 in IPv6 is a range of 96 bits (RFC 4291): "::ffff:10.0.0.0/8", meant for one network, has every IPv4 address. */
function hasAllOfIpv4(address: string, bits: number): boolean {
  const range = new BlockList();
  range.addSubnet(address, bits, "ipv6");
  return ["::ffff:0:0", "::ffff:ffff:ffff"].every((mapped) => range.check(mapped, "ipv6"));
}
