import type { ResolveHook } from 'node:module'

/** Lets every import of `typeorm` find the package that is installed as `typeorm-0.3`. */
export const resolve: ResolveHook = (specifier, context, next) =>
  next(specifier.replace(/^typeorm(?=$|\/)/, 'typeorm-0.3'), context)
