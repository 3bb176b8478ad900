/** Which database a request means, on every route of stored things (contract 4.0). */
import { z } from "zod";

/** Keys of a query. */
export const databaseQuery = {
  db_id: z.string().optional().meta({ description: "one of `databases` of `GET /config`" }),
  table: z.string().optional().meta({ description: "needs `db_id`" }),
};
