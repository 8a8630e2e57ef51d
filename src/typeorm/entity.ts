import type { ColumnOptions } from 'typeorm'
import type { BackendCapabilities, SessionColumn } from '../core/backend.js'
import { SessionError } from '../core/errors.js'
import { shortestIdLength } from '../core/id.js'
import type { ColumnPlan } from '../model/columns.js'
import { type DateCodec, epochMilliseconds, isPast, nativeDates } from '../model/dates.js'
import type { Constructor, ManagedColumn } from '../model/metadata.js'
import {
  type DatabaseType,
  dataBytes,
  idCharacters,
  isBigInteger,
  isBinary,
  isDateTime,
  managedColumnOptions,
} from './columns.js'
import { type DeclaredEntityColumn, initialValue } from './declared.js'

/** How one managed column is reached: its property, and how it holds values. */
interface RoleColumn {
  readonly property: string
  readonly options: ColumnOptions
}

/** Which property of the entity plays which role, and how values get into it. */
export class SessionEntity {
  readonly target: Constructor
  readonly capabilities: BackendCapabilities
  readonly columns: readonly SessionColumn[]
  /** The property of each role. */
  readonly properties: Readonly<Partial<Record<ManagedColumn, string>> & Record<'id' | 'data' | 'expires', string>>
  readonly dates: Readonly<Record<'expires' | 'createdAt', DateCodec>>
  readonly binary: boolean

  constructor(target: Constructor, plan: ColumnPlan<DeclaredEntityColumn>, database: DatabaseType | undefined) {
    const roles = rolesOf(plan, database)
    const id = needed(roles, 'id')
    const data = needed(roles, 'data')
    const expires = needed(roles, 'expires')
    const { createdAt, version } = roles
    this.target = target
    this.properties = {
      id: id.property,
      data: data.property,
      expires: expires.property,
      ...(createdAt && { createdAt: createdAt.property }),
      ...(version && { version: version.property }),
    }
    this.dates = {
      expires: dateCodec('expires', expires.options, database),
      createdAt: createdAt ? dateCodec('createdAt', createdAt.options, database) : nativeDates,
    }
    this.binary = isBinary(data.options.type)
    this.columns = plan.custom.map((column) => ({ name: column.property, initial: initialValue(column) }))
    this.capabilities = Object.freeze({
      versions: version !== undefined,
      creationDates: createdAt !== undefined,
      idLength: checkedIdLength(plan, id.options, database),
      dataBytes: dataBytes(data.options, database),
    })
  }

  isExpired(row: object, now: number): boolean {
    return isPast((row as Record<string, unknown>)[this.properties.expires], now)
  }
}

function rolesOf(
  plan: ColumnPlan<DeclaredEntityColumn>,
  database: DatabaseType | undefined,
): Partial<Record<ManagedColumn, RoleColumn>> {
  const roles: Partial<Record<ManagedColumn, RoleColumn>> = {}
  for (const spec of plan.added) {
    roles[spec.role] = { property: spec.role, options: managedColumnOptions(spec, database) }
  }
  for (const [role, { property, options }] of plan.serving) roles[role] = { property, options }
  return roles
}

function needed(roles: Partial<Record<ManagedColumn, RoleColumn>>, role: ManagedColumn): RoleColumn {
  const column = roles[role]
  if (!column) throw new Error(`no column for ${role}`)
  return column
}

function dateCodec(role: string, { type, transformer }: ColumnOptions, database: DatabaseType | undefined): DateCodec {
  if (transformer || type === undefined || isDateTime(type)) return nativeDates
  if (isBigInteger(type, database)) return epochMilliseconds
  throw new SessionError(
    'COLUMN_TYPE',
    `The column '${role}' has the type ${typeof type === 'function' ? type.name : type}, which cannot hold a moment. ` +
      "Use a type with date and time, or 'bigint' for milliseconds since 1970.",
  )
}

function checkedIdLength(
  { serving }: ColumnPlan<DeclaredEntityColumn>,
  options: ColumnOptions,
  database: DatabaseType | undefined,
): number | null {
  const declared = serving.get('id')
  const isText = options.type === String || (typeof options.type === 'string' && /char|text/.test(options.type))
  if (declared?.generated || !isText) {
    throw new SessionError(
      'COLUMN_TYPE',
      `The column '${declared?.name ?? 'id'}' cannot hold a session's id: it must be text that the application writes. ` +
        "Let a key of your own be another property (@PrimaryGeneratedColumn({ name: 'id' }) key), and rename ours: " +
        "@SessionModel({ columns: { id: 'session_id' } }).",
    )
  }
  const length = idCharacters(options, database)
  if (length === null || length >= shortestIdLength) return length
  throw new SessionError(
    'ID_TOO_LONG',
    `The id column holds ${length} characters, and the shortest id has ${shortestIdLength} (64 when it is hashed). Widen the column.`,
  )
}
