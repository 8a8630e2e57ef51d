// Draws docs/pictures: `node scripts/pictures/main.mjs`.

import { writeFileSync } from 'node:fs'
import { arrow, bar, box, dashed, picture, sequence, text } from './svg.mjs'

const session = picture(
  'A session',
  'The cookie of a request has an id. The row of your table has its hash, your columns, and the rest in data. A handler reads and sets them as properties of ctx.session.',
  640,
  330,
  [
    box(24, 24, 250, 62, ['browser', 'Cookie: sid=qX7…']),
    arrow([
      [149, 86],
      [149, 126],
    ]),
    text(214, 111, 'SHA-256', 'small'),
    box(24, 126, 592, 100, [], 'green'),
    text(40, 148, 'your table', 'left bold green'),
    ['id', 'userId', 'device', 'expires', 'data'].map((name, index) => text(90 + index * 115, 178, name, 'small')),
    ['9f2c…', '42', 'phone', 'in 14 days', '{"cart":[…]}'].map((value, index) =>
      text(90 + index * 115, 203, value, 'code'),
    ),
    arrow([
      [320, 226],
      [320, 256],
    ]),
    box(24, 256, 592, 52, [], 'blue'),
    ['userId', 'device', 'cart'].map((name, index) => text(130 + index * 190, 287, `ctx.session.${name}`, 'code')),
  ],
)

const life = picture(
  'The life of a session in a request',
  'The middleware loads the row that the cookie names, runs the handler, commits the changes in one statement, and only then the response leaves with the cookie.',
  760,
  214,
  [
    box(20, 40, 116, 60, ['request', 'with a cookie']),
    box(176, 40, 120, 60, ['load', 'one SELECT'], 'green'),
    box(336, 40, 150, 60, ['your handler', 'reads and changes'], 'blue'),
    box(526, 40, 100, 60, ['commit', 'one UPDATE'], 'green'),
    box(662, 40, 82, 60, ['response']),
    arrow([
      [136, 70],
      [174, 70],
    ]),
    arrow([
      [296, 70],
      [334, 70],
    ]),
    arrow([
      [486, 70],
      [524, 70],
    ]),
    arrow([
      [626, 70],
      [660, 70],
    ]),
    dashed(236, 108, 236, 132),
    text(236, 150, 'no cookie: no query', 'small'),
    dashed(411, 108, 411, 132),
    text(411, 150, 'update() writes at once', 'small'),
    dashed(576, 108, 576, 168),
    text(576, 186, 'nothing changed: no statement', 'small'),
    text(576, 203, 'ended elsewhere: it stays ended', 'small'),
  ],
)

const rotation = picture(
  'A new id at login',
  'At login regenerate() gives the session a new id. For the time of grace, requests that still have the old id see the session as it was before the login. After it the old id opens nothing.',
  760,
  236,
  [
    text(96, 60, 'old id', 'bold'),
    text(96, 130, 'new id', 'bold'),
    bar(150, 40, 190, 'opens the session', 'green'),
    bar(340, 40, 170, 'as before the login', 'amber'),
    bar(510, 40, 220, 'opens nothing', 'red'),
    bar(340, 110, 390, 'opens the session, with the login', 'green'),
    dashed(340, 24, 340, 190),
    dashed(510, 24, 510, 190),
    text(340, 208, 'regenerate()', 'bold'),
    text(340, 225, 'login', 'small'),
    text(510, 208, 'grace is over', 'bold'),
    text(510, 225, 'by default after 10 s', 'small'),
    text(620, 170, 'a change through the old id is', 'small'),
    text(620, 186, 'repeated on the session it became', 'small'),
  ],
)

const batching = picture(
  'Loads and writes go together',
  'Requests that wait at the same moment share one SELECT for their ids, and on PostgreSQL and SQLite one UPDATE that tells each of them about its own row.',
  760,
  250,
  [
    [0, 1, 2, 3].map((index) => box(24, 24 + index * 52, 120, 40, [`request ${index + 1}`])),
    [0, 1, 2, 3].map((index) =>
      arrow([
        [144, 44 + index * 52],
        [236, 78 + index * 6],
      ]),
    ),
    box(240, 56, 220, 60, ['SELECT … WHERE id IN', 'four ids, one statement'], 'green'),
    box(240, 150, 220, 60, ['UPDATE … FROM VALUES', 'four rows, one statement'], 'blue'),
    arrow([
      [460, 86],
      [552, 112],
    ]),
    arrow([
      [460, 180],
      [552, 146],
    ]),
    box(556, 96, 110, 66, ['database'], 'amber'),
    text(611, 196, 'each row is told', 'small'),
    text(611, 213, 'to its own request', 'small'),
  ],
)

const rooms = picture(
  'The rooms of the code',
  'koa, the bridges, adapter and cli stand on core/manager; below it session, repository, and properties, codec, options; model and sql below the two ORM rooms. Each imports only what is below.',
  760,
  330,
  [
    [['koa'], ['express-session'], ['koa-session'], ['cli'], ['testing']].map((words, index) =>
      box(24 + index * 144, 24, 132, 44, words, 'blue'),
    ),
    box(24, 92, 420, 44, ['core/manager'], 'green'),
    box(24, 148, 420, 44, ['core/session'], 'green'),
    box(24, 204, 420, 44, ['core/repository'], 'green'),
    [['options'], ['properties'], ['codec'], ['backend']].map((words, index) =>
      box(24 + index * 106, 260, 102, 44, words, 'green'),
    ),
    box(468, 92, 128, 44, ['typeorm'], 'amber'),
    box(608, 92, 128, 44, ['sequelize'], 'amber'),
    box(468, 148, 268, 44, ['sql'], 'amber'),
    box(468, 204, 268, 44, ['model'], 'amber'),
    box(468, 260, 268, 44, ['SessionBackend', 'the contract of core with a database']),
    arrow([
      [602, 258],
      [602, 250],
    ]),
    arrow([
      [444, 282],
      [466, 282],
    ]),
  ],
)

const layers = ['koa', 'core/session', 'core/repository', 'core/backend', 'the ORM room']
const readTrip = picture(
  'The trip of a read',
  'koa asks core/session to load the id of the cookie; that asks core/repository, which batches the ids and asks the backend, which asks the ORM; the rows come back as a session state.',
  860,
  490,
  sequence(860, layers, [
    ['koa', 'core/session', 'load (id of the cookie)'],
    ['core/session', 'core/repository', 'RotatedIds.open'],
    ['core/repository', 'core/repository', 'FindBatcher: ids that wait go together'],
    ['core/repository', 'core/backend', 'BackendClient'],
    ['core/backend', 'core/backend', 'time limit, retries'],
    ['core/backend', 'the ORM room', 'find(ids)'],
    ['the ORM room', 'core/repository', 'rows'],
    ['core/repository', 'core/session', 'a living row, decoded'],
    ['core/session', 'koa', 'SessionState'],
  ]),
)

const writeTrip = picture(
  'The trip of a write',
  'The handler sets a property; at the commit core/session asks the properties for the change set, plans the write, waits for the mutex of the row, and the repository sends a guarded update through the ORM. If the row has changed it is read again, the changes are replayed and the write is tried again.',
  860,
  450,
  sequence(
    860,
    ['handler', 'core/properties', 'core/session', 'core/repository', 'the ORM room'],
    [
      ['handler', 'core/properties', 'ctx.session.x = 1'],
      ['core/session', 'core/properties', 'changes(): change set'],
      ['core/session', 'core/session', 'planWrite, then the mutex of the row'],
      ['core/session', 'core/repository', 'WriteAttempt'],
      ['core/repository', 'core/repository', 'WriteBatcher'],
      ['core/repository', 'the ORM room', 'a guarded update'],
      ['the ORM room', 'core/session', 'written, or not'],
      ['core/session', 'core/session', 'not written: read again, replay, try again'],
    ],
  ),
)

const failover = picture(
  'Servers behind a proxy that asks for the role',
  'Two processes reach the primary through a proxy. The primary streams to a standby, to which the proxy leads after a failover.',
  760,
  190,
  [
    box(24, 28, 140, 48, ['app process']),
    box(24, 114, 140, 48, ['app process']),
    box(250, 64, 170, 62, ['proxy', 'asks for the role'], 'blue'),
    box(566, 28, 150, 48, ['primary'], 'green'),
    box(566, 114, 150, 48, ['standby'], 'amber'),
    arrow([
      [164, 52],
      [248, 84],
    ]),
    arrow([
      [164, 138],
      [248, 106],
    ]),
    arrow([
      [420, 84],
      [564, 54],
    ]),
    arrow([
      [641, 76],
      [641, 112],
    ]),
    text(684, 99, 'stream', 'small'),
    dashed(420, 106, 560, 136),
    text(478, 150, 'after a failover', 'small'),
  ],
)

for (const [name, svg] of Object.entries({
  session,
  life,
  rotation,
  batching,
  rooms,
  read: readTrip,
  write: writeTrip,
  failover,
})) {
  writeFileSync(new URL(`../../docs/pictures/${name}.svg`, import.meta.url), svg)
}
