import { DataSource } from 'typeorm'
import { createSessionModel } from '../../dist/src/typeorm/index.js'
import { typeOrmOptions } from '../databases.mjs'
import { ours } from './ours.mjs'

export default async function makeServer() {
  const dataSource = new DataSource(typeOrmOptions('mariadb'))
  const model = createSessionModel(dataSource, 'bench_ours_mariadb')
  await dataSource.initialize()
  return ours(model)
}
