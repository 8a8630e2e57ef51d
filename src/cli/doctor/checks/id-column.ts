import { hashLength, idLength } from '../../../core/codec/id.js'
import { lengthIn } from '../catalog/catalog.js'
import { type Check, failure } from '../check.js'
import { columnOf } from '../columns.js'

/** The column of ids holds what is stored in it. */
export const idColumn: Check = {
  name: 'id column',
  databases: ['postgres', 'mysql'],
  async run(patient) {
    const { hashIds, idBytes } = patient.manager.options
    const column = columnOf(patient, patient.access.session.id)
    if (!column) return undefined
    const needed = hashIds === false ? idLength(idBytes) : hashLength
    const length = lengthIn(column.type)
    if (length !== null && length < needed) {
      return [
        failure(
          `The column ${column.name} is ${column.type}, and ids have ${needed} characters.`,
          'Make it varchar(128) by a migration.',
        ),
      ]
    }
    const isLoose = hashIds === false && /_ci$/.test(column.collation ?? '')
    return isLoose
      ? [
          failure(
            `The column ${column.name} has the collation ${column.collation}, which takes ids that differ in case for one.`,
            'Give it utf8mb4_bin, or use hashIds: true.',
          ),
        ]
      : []
  },
}
