/** Metadata of a protected resource (RFC 9728 section 2): where OAuth clients learn whom to ask for a token. */
import { z } from "zod";

export const resourceMetadataSchema = z
  .object({
    resource: z.string().meta({ description: "identifier of this API, for the audience of tokens" }),
    authorization_servers: z.array(z.string()),
    bearer_methods_supported: z.array(z.string()),
    scopes_supported: z.array(z.string()),
    resource_name: z.string().optional(),
  })
  .meta({ id: "ResourceMetadata" });

export type ResourceMetadata = z.infer<typeof resourceMetadataSchema>;
