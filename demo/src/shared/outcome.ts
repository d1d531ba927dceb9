// What came of an attack on one side.

/** One line of what went over the wire, or what was done beside it. */
export interface Step {
  dir: 'out' | 'in' | 'note';
  text: string;
}

export interface Outcome {
  /** The attacker got what he wanted. */
  worked: boolean;
  /** What he saw, in a few words. */
  seen: string;
  steps: Step[];
  /** The id of the audit event that a refusal named. */
  event?: string;
  /** What made the attack harmless where nothing was refused. */
  by?: { rule: string; message: string };
}
