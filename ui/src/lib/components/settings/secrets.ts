/** Something that was just made, with the secret that is shown this once. */
export interface Secret {
  /** What was made, in a sentence. */
  sentence: string;
  /** What the secret is. */
  label: string;
  secret: string;
  /** What it is for. */
  hint?: string;
}
