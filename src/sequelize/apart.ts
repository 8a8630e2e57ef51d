/**
 * Outside of the application's transactions (`null` also undoes CLS), never on a replica, and whatever the instance has
 * for its own queries: an unknown id is no error, and a column can be emptied.
 */
export const apart = { transaction: null, useMaster: true, rejectOnEmpty: false, omitNull: false } as const
