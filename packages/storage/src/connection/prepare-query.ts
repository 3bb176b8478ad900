/**
 * Queries that are built once. Building one takes three times as long as running it; what is asked with every request
 * is therefore compiled the first time, with places for its values, and only filled in afterwards.
 */
import type { Compilable, CompiledQuery, Kysely, Transaction } from "kysely";

/** Whatever a query runs on; a transaction is one too. */
type Runner<Tables> = Kysely<Tables> | Transaction<Tables>;

/** Runs the query with these values; gives its rows. */
export type PreparedQuery<Tables, Values, Row> = (db: Runner<Tables>, values: Values) => Promise<Row[]>;

class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

interface Prepared<Row> {
  readonly query: CompiledQuery<Row>;
  /** Of each parameter: the name of its value, or what it always is. */
  readonly parameters: readonly unknown[];
}

/**
 * `build` is called once for each dialect. What it takes from `values` are places: it may put them into the query and do
 * nothing else with them, and which of them it uses cannot depend on what they hold.
 */
export function prepareQuery<Tables, Values extends object, Row>(
  build: (db: Runner<Tables>, values: Values) => Compilable<Row>,
): PreparedQuery<Tables, Values, Row> {
  const byAdapter = new WeakMap<object, Prepared<Row>>();

  function prepare(db: Runner<Tables>): Prepared<Row> {
    const query = build(db, PLACES as Values).compile();
    return { query, parameters: query.parameters };
  }

  return async (db, values) => {
    const { adapter } = db.getExecutor();
    let prepared = byAdapter.get(adapter);
    if (prepared === undefined) {
      prepared = prepare(db);
      byAdapter.set(adapter, prepared);
    }
    const parameters = prepared.parameters.map((parameter) =>
      parameter instanceof Place ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await db.executeQuery<Row>({ ...prepared.query, parameters });
    return rows;
  };
}

/** A place for each name that is asked for. */
const PLACES: object = new Proxy({}, { get: (_, name) => new Place(String(name)) });
