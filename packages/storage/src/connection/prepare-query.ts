/**
 * Queries that are asked often, written once: building one and writing its text costs more than running it. Where a
 * value stands that differs from call to call, the query has a slot.
 */
import type { Compilable, CompiledQuery, Kysely, QueryResult } from "kysely";

/** Runs a prepared query; inside of a transaction with the transaction in place of the database. */
export type PreparedQuery<Tables, Parameters, Row> = (
  db: Kysely<Tables>,
  parameters: Parameters,
) => Promise<QueryResult<Row>>;

/** Stands in a query for a value that comes later. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * `slots` has what `Parameters` has, as far as types go; really each is an empty place. So a query may put one where a
 * value goes (`where`, `values`, `set`, `limit`), and may not look at it.
 */
export function prepareQuery<Tables, Parameters extends object, Row>(
  db: Kysely<Tables>,
  build: (db: Kysely<Tables>, slots: Parameters) => Compilable<Row>,
): PreparedQuery<Tables, Parameters, Row> {
  let compiled: CompiledQuery<Row> | undefined;
  return (runner, parameters) => {
    compiled ??= build(db, createSlots<Parameters>()).compile();
    const values = new Map<string, unknown>(Object.entries(parameters));
    return runner.executeQuery({
      ...compiled,
      parameters: compiled.parameters.map((value) => (value instanceof Slot ? fill(value, values) : value)),
    });
  };
}

function createSlots<Parameters extends object>(): Parameters {
  return new Proxy({} as Parameters, { get: (_, name) => new Slot(String(name)) });
}

function fill({ name }: Slot, values: ReadonlyMap<string, unknown>): unknown {
  const value = values.get(name);
  if (value === undefined)
    throw new Error(`INVARIANT: the parameter ${name} of a prepared query has no value`);
  return value;
}
