import type { components } from "./schema";

export type ProblemBody = components["schemas"]["ProblemBody"];

/** What the server refused, or `offline`: it was not reached, and whether it acted is unknown. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly body: ProblemBody | undefined;
  /** The number under which the server's log knows the request. */
  readonly requestId: string | undefined;

  constructor(code: string, status: number, body?: ProblemBody, requestId?: string, cause?: unknown) {
    super(body?.detail ?? code, { cause });
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.body = body;
    this.requestId = requestId;
  }

  /** The server was not reached: asking again with the same key is safe. */
  get offline(): boolean {
    return this.code === "offline";
  }

  /** The session is over; what was typed stays where it is. */
  get signedOut(): boolean {
    return this.status === 401;
  }

  /** What is wrong with one field of what was sent, by its JSON pointer. */
  field(pointer: string): string | undefined {
    return this.body?.fields?.find((fault) => fault.field === pointer)?.detail;
  }
}

/** Makes a problem of whatever was thrown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem("offline", 0, undefined, undefined, thrown);
  return new Problem("internal", 500, undefined, undefined, thrown);
}
