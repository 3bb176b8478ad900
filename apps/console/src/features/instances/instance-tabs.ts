/** Parts of the page of an instance, as they stand in its address. */
export const INSTANCE_TABS = ["switches", "keys", "policy", "token", "members", "settings"] as const;
export type InstanceTab = (typeof INSTANCE_TABS)[number];
