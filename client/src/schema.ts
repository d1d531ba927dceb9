import { WardenError } from './error.js';

/**
 * The interface by which zod, valibot, arktype and others validate: what this
 * package needs of https://standardschema.dev, version 1.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** Why a value does not fit. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What goes into a schema. */
export type Input<S extends Schema> = NonNullable<S['~standard']['types']>['input'];
/** What comes out of it. */
export type Output<S extends Schema> = NonNullable<S['~standard']['types']>['output'];

/**
 * Returns what schema makes of value: a promise where the schema answers with
 * one. Throws, or rejects with, a WardenError of the kind "schema".
 */
export function validate<T>(schema: Schema<unknown, T>, value: unknown): T | Promise<T> {
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then(judge) : judge(result);
}

function judge<T>(result: Result<T>): T {
  if (result.issues) throw new WardenError('schema', 'a message does not fit its schema', result.issues);
  return result.value;
}
