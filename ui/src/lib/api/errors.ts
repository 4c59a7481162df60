import type { ErrorCode, Fix, ApiError as Wire } from './types';

/** What a failed command answers: a sentence for a person, where it belongs and what mends it. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field: string | null = null,
    readonly detail: string | null = null,
    readonly fix: Fix | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Reads whatever a host threw; anything unknown becomes `internal` and keeps its text as detail. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (isWire(thrown))
      return new ApiError(thrown.code, thrown.message, thrown.field, thrown.detail, thrown.fix);
    const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return new ApiError('internal', 'Almanac could not finish this.', null, detail);
  }
}

function isWire(thrown: unknown): thrown is Wire {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    typeof (thrown as Record<string, unknown>).code === 'string' &&
    typeof (thrown as Record<string, unknown>).message === 'string'
  );
}
