import type { ColumnsOf } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import type { Models } from './models.js'

type Of<Name extends keyof Models> = { [Key in keyof ColumnsOf<Models[Name]>]: ColumnsOf<Models[Name]>[Key] }
type User = { userId: number | null }
type UserAndLabel = { userId: number | null; label: string | null }
type WithTenant = UserAndLabel & { tenant: string | null }
type Flat<T> = { [Key in keyof T]: T[Key] }

// The columns are properties; methods, members of a session and members of the ORM are not.
expectType<Equal<Of<'entity'>, UserAndLabel>>(true)
expectType<Equal<Of<'active'>, User>>(true)
expectType<Equal<Of<'mixedEntity'>, User>>(true)
expectType<Equal<Of<'entityOnActive'>, UserAndLabel>>(true)
expectType<Equal<Of<'model'>, UserAndLabel>>(true)
expectType<Equal<Of<'mixedModel'>, User>>(true)

// A base class gives its columns too.
expectType<Equal<Flat<Of<'entityOnBase'>>, Flat<WithTenant>>>(true)
expectType<Equal<Flat<Of<'modelOnBase'>>, Flat<WithTenant>>>(true)

// A ready-made model has no columns of its own, only those of its base.
expectType<Equal<keyof Of<'createdEntity'>, never>>(true)
expectType<Equal<keyof Of<'createdModel'>, never>>(true)
expectType<Equal<Of<'createdOnEntityBase'>, { tenant: string | null }>>(true)
expectType<Equal<Of<'createdOnModelBase'>, { tenant: string | null }>>(true)

// What is no registered model has no columns.
expectType<Equal<ColumnsOf<Date>, object>>(true)
