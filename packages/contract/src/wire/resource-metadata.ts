/** Metadata of a protected resource (RFC 9728 section 2): where OAuth clients learn whom to ask for a token. */
import { z } from "zod";

/** Answer of `GET /.well-known/oauth-protected-resource` (RFC 9728 section 3.2). */
export const resourceMetadataSchema = z
  .object({
    resource: z.string().meta({ description: "identifier of this API, for the audience of tokens" }),
    /** Issuers that a client can ask for a token. */
    authorization_servers: z.array(z.string()),
    /** Where the token is read, in the words of RFC 6750 section 2. */
    bearer_methods_supported: z.array(z.string()),
    /** Scopes that some route asks for. */
    scopes_supported: z.array(z.string()),
    /** The `name` of this AgentOS. */
    resource_name: z.string().optional(),
  })
  .meta({ id: "ResourceMetadata" });

/** Metadata of a protected resource (RFC 9728 section 2). */
export type ResourceMetadata = z.infer<typeof resourceMetadataSchema>;
