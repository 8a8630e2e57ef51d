import { expect } from 'chai'
import { Column, type DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { tableName } from './data-sources.js'

/** An entity of the application, which its transactions write. */
@Entity(tableName('notes'))
export class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar' }) text!: string
}

export const note = (text = 'x') => Object.assign(new Note(), { text })

/** Rolls back a transaction of the application, in which `work` is done. */
export async function rollBack(dataSource: DataSource, work: () => Promise<unknown>): Promise<void> {
  const rolledBack = dataSource.transaction(async (entities) => {
    await entities.save(note())
    await work()
    throw new Error('rolled back')
  })
  expect(await rolledBack.catch((error: Error) => error.message)).to.equal('rolled back')
  expect(await dataSource.getRepository(Note).count()).to.equal(0)
}
