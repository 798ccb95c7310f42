// The server as TypeScript: types from its OpenAPI document (`npm run generate`), a client, errors.
export * from "./client";
export * from "./problem";
export type { components, operations, paths } from "./schema";
export { watchSignedOut } from "./signedOut";

import type { components } from "./schema";

/** A schema of the document by its name: `Schema<"MemberView">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
