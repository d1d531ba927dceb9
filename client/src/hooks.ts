import { WardenError } from './error.js';

/** Calls what the application gave: neither its errors nor its rejections get out. */
export class Hooks {
  readonly #onError: ((error: WardenError) => unknown) | undefined;

  constructor(onError: ((error: WardenError) => unknown) | undefined) {
    this.#onError = onError;
  }

  /** Calls hook, if there is one, and returns its result; undefined if it throws. */
  call<A extends unknown[]>(hook: ((...args: A) => unknown) | undefined, ...args: A): unknown {
    const failed = (error: unknown) => this.report(new WardenError('handler', 'a handler failed', error));
    try {
      const result = hook?.(...args);
      if (result instanceof Promise) result.catch(failed);
      return result;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** Calls hook, or reports error where there is none. */
  tell<A extends unknown[]>(hook: ((...args: A) => unknown) | undefined, error: WardenError, ...args: A): void {
    if (hook) this.call(hook, ...args);
    else this.report(error);
  }

  /** Hands error to onError, or writes a line to the console that holds no message. */
  report(error: WardenError): void {
    const say = (...rest: unknown[]) => console.error(`wswarden: ${error.message}`, ...rest);
    if (!this.#onError) return error.kind === 'handler' ? say(error.cause) : say();
    try {
      const result = this.#onError(error);
      if (result instanceof Promise) result.catch(say);
    } catch (failure) {
      say(failure);
    }
  }
}
