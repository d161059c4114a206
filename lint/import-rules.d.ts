/** Who may not import what: `from` and `to` are paths in this repository, or the name of a package. */
export interface ImportRule {
  /** Which files it is for. */
  readonly from: (from: string) => boolean;
  /** Which of their imports it forbids. */
  readonly forbids: (to: string, from: string) => boolean;
  /** `import type` is allowed: it names a shape and runs nothing. */
  readonly allowsTypes?: boolean;
  /** The sentence that lint says. */
  readonly because: string;
}

export declare const importRules: readonly ImportRule[];
