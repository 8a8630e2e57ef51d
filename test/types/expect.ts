/** `true` if the types are exactly the same; `any` is the same as nothing else. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles if the type argument is `true`: `expectType<Equal<…>>(true)`. */
export function expectType<Holds extends true>(holds: Holds): void {
  void holds
}
