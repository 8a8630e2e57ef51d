import { type Check, type Finding, warning } from '../check.js'
import { columnOf } from '../columns.js'

/** The clean-up and the option `limit` find their rows by an index. */
export const indexes: Check = {
  name: 'indexes',
  async run(patient) {
    const { access, manager, catalog } = patient
    if (!catalog.exists) return undefined
    const { limit } = manager.options
    const needed = [
      { property: access.session.expires, who: 'The clean-up' },
      ...(limit ? [{ property: limit.by, who: 'The option limit' }] : []),
    ]
    return needed.flatMap(({ property, who }): Finding[] => {
      const column = columnOf(patient, property)
      if (!column || catalog.indexed.includes(column.name)) return []
      const sql = `CREATE INDEX ${access.place.table}_${column.name} ON ${access.text.name} (${access.text.column(property).quoted})`
      return [
        warning(
          `${who} looks for rows by the column ${column.name}, which has no index: each time it reads the whole table.`,
          `Add one by a migration: ${sql}`,
        ),
      ]
    })
  },
}
