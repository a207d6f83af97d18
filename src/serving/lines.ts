type WriteLine = (fields: object, message: string) => void;

/** What is asked of a logger: structured lines of four levels. */
export interface Lines {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}
