import { expect } from 'chai'
import { hasLocksOfInnoDb } from '../../src/sql/locked-batch.js'

describe('batches on a server that speaks the protocol of MySQL', () => {
  it('are for those with the locks of InnoDB', () => {
    for (const version of [
      '10.11.19-MariaDB-0+deb12u1 Debian 12',
      '8.4.3 MySQL Community Server - GPL',
      '8.0.36-28 Percona Server',
    ])
      expect(hasLocksOfInnoDb(version), version).to.equal(true)
    for (const version of [
      '8.0.11-TiDB-v8.5.0 TiDB Server',
      '8.0.30-Vitess 8.0.30',
      '5.7.25-OceanBase-v4.2.1.0 OceanBase',
      '8.0.33 Dolt',
    ])
      expect(hasLocksOfInnoDb(version), version).to.equal(false)
  })
})
