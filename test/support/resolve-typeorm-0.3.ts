import type { ResolveHook } from 'node:module'

/** Lets every import of `typeorm` find the package that is installed as `typeorm-0.3`. */
export const resolve: ResolveHook = (specifier, context, next) => next(typeorm03(specifier), context)

/** The name under which TypeORM 0.3 is installed, for what names TypeORM. */
export function typeorm03(specifier: string): string {
  return specifier.replace(/^typeorm(?=$|\/)/, 'typeorm-0.3')
}
