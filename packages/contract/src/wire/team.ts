/** A team as `GET /teams` will show it (contract 4.2): an agent without extra messages, and its members. */
import { z } from "zod";
import { agentSchema } from "./agent.ts";

/** A team. Settings that equal the defaults are left out. */
export const teamSchema = agentSchema
  .omit({ extra_messages: true })
  .extend({
    /** How it shares out the work. */
    mode: z.enum(["coordinate", "route", "broadcast", "tasks"]).optional(),
    get members() {
      return z.array(z.union([agentSchema, teamSchema])).optional();
    },
  })
  .meta({ id: "Team", description: "A team; a settings group that equals the defaults is left out" });

/** A team in `GET /teams`. */
export type TeamObject = z.infer<typeof teamSchema>;
