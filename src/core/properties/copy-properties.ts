import { deserialize, jsonSerializer, type Serializer, serialize } from '../codec/serializer.js'
import { notSettable } from '../errors.js'
import { copyOf } from './copy.js'
import { isObject } from './property-names.js'
import type { PropertySchema } from './property-schema.js'

/**
 * The properties as they would be read again, so that later changes in `properties` are not stored. Of columns, instances of
 * classes stay what they are. Throws `DATA_NOT_SERIALIZABLE` for what no row can hold.
 */
export function copyProperties(
  { columns, serializer }: PropertySchema,
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!isObject(properties)) throw notSettable()
  const entries = Object.entries(properties)
  const ofColumns = entries.filter(([name]) => columns.has(name)).map(([name, value]) => [name, copyOf(value)])
  const data = Object.fromEntries(entries.filter(([name]) => !columns.has(name)))
  return { ...copyOfData(serializer, data), ...Object.fromEntries(ofColumns) }
}

/** JSON of others may hold what ours refuses to write, such as `1e400`: it is no error if it is what is stored already. */
function copyOfData(serializer: Serializer, data: Record<string, unknown>): object {
  if (serializer === jsonSerializer) return copyOf(data) as object
  return deserialize(serializer, serialize(serializer, data))
}
