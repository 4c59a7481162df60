/** The outside list of codes; the screen decides by code and never by text. */
export type ErrorCode =
  | 'validation'
  | 'not_found'
  | 'conflict'
  | 'permission'
  | 'rate_limited'
  | 'network'
  | 'account'
  | 'media'
  | 'storage'
  | 'internal';

/** What a failed command answers: a sentence for a person, where it belongs and what to do next. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field: string | null = null,
    readonly next: string | null = null,
    readonly details: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Reads whatever a host threw; anything unknown becomes `internal` and keeps its text as details. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (typeof thrown === 'object' && thrown !== null) {
      const t = thrown as Record<string, unknown>;
      if (typeof t.code === 'string' && typeof t.message === 'string') {
        const text = (key: string) => (typeof t[key] === 'string' ? (t[key] as string) : null);
        return new ApiError(
          t.code as ErrorCode,
          t.message,
          text('field'),
          text('next'),
          text('details') ?? text('requestId'),
        );
      }
    }
    const details = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return new ApiError('internal', 'Almanac could not finish this.', null, null, details);
  }
}
