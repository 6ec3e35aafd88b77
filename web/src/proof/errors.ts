// Why a check failed: `rule` is a plain English sentence part; `where` names the file or leaf, once known.

export class ProofError extends Error {
  readonly rule: string;
  readonly where: string;

  constructor(rule: string, where = "") {
    super(where ? `${where}: ${rule}` : rule);
    this.name = "ProofError";
    this.rule = rule;
    this.where = where;
  }
}

/** Run `work`; a failed proof inside is told with the place that the caller knows. */
export function at<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ProofError && !error.where ? new ProofError(error.rule, where) : error;
  }
}

/** Throw with the broken rule's sentence unless it holds. */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new ProofError(rule);
}
