import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel as registerSequelize } from 'koa-session-model/sequelize'
import { registerSessionModel as registerTypeOrm } from 'koa-session-model/typeorm'
import { Column, DataType, Model, Sequelize } from 'sequelize-typescript'
import { DataSource, Column as TypeOrmColumn } from 'typeorm'
import { waitInSequelize, waitInTypeOrm } from './sync-wait.js'

/** The custom columns of the sessions. */
export interface Columns {
  userId: number | null
}

/** A manager whose connections lead to one node. */
export interface NodeManager {
  readonly manager: SessionManager<Columns>
  close(): Promise<void>
}

/** How to reach a node. */
export interface NodePlace {
  readonly port: number
  /** Whether the table is created anew. */
  readonly create: boolean
  /** Whether each connection sets `wsrep_sync_wait` itself. */
  readonly waits: boolean
}

type Open = (place: NodePlace) => Promise<NodeManager>

const server = { host: '127.0.0.1', username: 'root', password: '', database: 'sessions' }

/** Each ORM with each driver. */
export const openers: Readonly<Record<string, Open>> = {
  'TypeORM, mysql2': openTypeOrm,
  'Sequelize, mysql2': (place) => openSequelize('mysql', place),
  'Sequelize, mariadb': (place) => openSequelize('mariadb', place),
}

async function openTypeOrm({ port, create, waits }: NodePlace): Promise<NodeManager> {
  @SessionModel({ tableName: 'immediate_typeorm' })
  class ImmediateSession {
    @TypeOrmColumn({ type: 'integer', nullable: true }) userId!: number | null
  }
  const dataSource = new DataSource({ type: 'mariadb', ...server, port, charset: 'utf8mb4', synchronize: create })
  const model = registerTypeOrm(dataSource, ImmediateSession)
  await dataSource.initialize()
  if (waits) waitInTypeOrm(dataSource)
  const manager = new SessionManager<Columns>({ model, cleanup: false, timeout: '60s' })
  return { manager, close: () => dataSource.destroy() }
}

async function openSequelize(dialect: 'mysql' | 'mariadb', { port, create, waits }: NodePlace): Promise<NodeManager> {
  @SessionModel({ tableName: 'immediate_sequelize' })
  class ImmediateSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  const sequelize = new Sequelize({ dialect, ...server, port, logging: false })
  if (waits) waitInSequelize(sequelize)
  const model = registerSequelize(sequelize, ImmediateSession)
  if (create) await model.sync()
  const manager = new SessionManager<Columns>({ model, cleanup: false, timeout: '60s' })
  return { manager, close: () => sequelize.close() }
}
