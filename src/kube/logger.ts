type WriteLine = (fields: object, message: string) => void;

/** What is asked of a logger: structured lines. None of them ever has a body, a token or a header. */
export interface KubeLogger {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}
