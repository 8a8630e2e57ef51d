import { deserialize, jsonSerializer, type Serializer, serialize } from '../codec/serializer.js'
import { notSettable } from '../errors.js'
import { copyOf } from './copy.js'
import { isObject } from './property-names.js'
import type { PropertySchema } from './property-schema.js'

/**
 * Copies the properties, in the form in which they would be read again, so that later changes in `properties` are not stored.
 * Instances of classes in columns are not copied. Throws `DATA_NOT_SERIALIZABLE` for values that no row can hold.
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

/** Copies data without refusing numbers such as `1e400`, which other programs may have stored, although they cannot be written. */
function copyOfData(serializer: Serializer, data: Record<string, unknown>): object {
  if (serializer === jsonSerializer) return copyOf(data) as object
  return deserialize(serializer, serialize(serializer, data))
}
