/** `__proto__` is data in JSON, but whoever copies a value key by key would set a prototype with it. */
export function holdsPrototypeKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(holdsPrototypeKey);
}
