/** The one place where text becomes code. */

/** A function of the runtime `R` and the chunk `K`. */
export type Instantiate = (R: object, K: object) => unknown;

/** Compiles generated text. Its frames appear under the script name `lua://<unit>`. */
export function instantiate(code: string, unit: number): Instantiate {
  return new Function('R', 'K', `${code}\n//# sourceURL=lua://${unit}`) as Instantiate;
}
