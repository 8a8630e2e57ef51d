import { type Check, type Finding, warning } from '../check.js'

/** Custom columns of text hold every text. */
export const charset: Check = {
  name: 'character sets',
  databases: ['mysql'],
  async run({ access, catalog }) {
    const own = access.session.columns.map(({ name }) => access.text.column(name).name)
    const narrow = catalog.columns.filter((column) => own.includes(column.name) && isNarrow(column.charset))
    return narrow.map(
      (column): Finding =>
        warning(
          `The column ${column.name} has the character set ${column.charset}: text with emoji or rare scripts is refused.`,
          'Convert it to utf8mb4, unless it holds codes only.',
        ),
    )
  },
}

function isNarrow(charset: string | null): boolean {
  return charset !== null && charset !== 'utf8mb4' && charset !== 'binary'
}
