import { expect } from 'chai'
import { createSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, type DataSource } from 'typeorm'
import { unconnected } from '../support/relayed-driver.js'
import { expectError, expectRefusal } from './support/expect-error.js'

describe('TypeORM: a database that sessions cannot be kept in', () => {
  it('is refused when the model is registered, and nothing is mapped', () => {
    expectRefusal('DATABASE_UNSUPPORTED', () => createSessionModel(unconnected('mssql')))
  })

  it('is refused with the reason, and with what to do', () => {
    const { message } = expectError('DATABASE_UNSUPPORTED', () => createSessionModel(unconnected('mongodb')))
    expect(message).to.match(/type 'mongodb': MongoDB has no SQL.* write a backend/)
  })

  it('is refused when it takes a model that was registered on a base class', () => {
    const Sessions = createSessionModel(BaseEntity, 'unsupported') as { useDataSource(source: DataSource): void }
    expectError('DATABASE_UNSUPPORTED', () => Sessions.useDataSource(unconnected('oracle')))
  })
})
