/** An answer of the API server outside 2xx, from its `Status` object. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** The machine-readable reason, as in "NotFound", "Invalid", "Forbidden"; empty if the server gave none. */
  readonly reason: string;
  /** The causes that the server lists, each with the field it is about. */
  readonly causes: readonly StatusCause[];

  constructor(status: number, reason: string, message: string, causes: readonly StatusCause[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

interface StatusObject {
  reason?: unknown;
  message?: unknown;
  details?: { causes?: StatusCause[] };
}

function isStatusObject(value: unknown): value is StatusObject {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

/** `request` is for the message: the method and path. */
export function errorFromAnswer(request: string, status: number, body: unknown): ApiError {
  if (!isStatusObject(body))
    return new ApiError(status, '', `${request}: HTTP ${status}: ${String(body).slice(0, 500)}`);
  const reason = typeof body.reason === 'string' ? body.reason : '';
  const message = typeof body.message === 'string' ? body.message : `HTTP ${status}`;
  return new ApiError(status, reason, `${request}: ${message}`, body.details?.causes ?? []);
}
