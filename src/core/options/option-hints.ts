import type { OptionHints } from './unknown-options.js'

/** Attributes of the cookie, which other middlewares take at the top level of their options. */
const attributes = ['domain', 'path', 'secure', 'httpOnly', 'sameSite', 'partitioned', 'priority', 'persistent']

const inCookie = (name: string): [string, string] => [name, `Write cookie: { ${name}: … }.`]

const asModel = 'Write model: with the class that registerSessionModel returned. It knows its database and its table.'
const asMaxAge = 'Write maxAge: in milliseconds, or text such as'
const asKey = "Write key: with the name of the cookie, such as 'sid'."
const noSignature = 'Leave it out: an id of 256 random bits needs no signature, and no app.keys.'
const noResave = 'Leave it out: a session is written when it has changed, and at no other time but to renew it.'

/** Hints for options of koa-session, express-session and their stores, and for options in the wrong place. */
export const sessionHints: OptionHints = new Map([
  ...attributes.map(inCookie),
  // koa-session
  ['maxage', `${asMaxAge} '14d'.`],
  ['store', `${asModel} A store of your own is a SessionBackend: write backend.`],
  ['ContextStore', asModel],
  ['signed', noSignature],
  ['overwrite', "Leave it out: the session's cookie always replaces one of its name."],
  [
    'renew',
    'Leave it out: use renews a session (rolling: true), when a tenth of maxAge has passed (touchAfter). ' +
      "With rolling: 'writes' only writes do.",
  ],
  [
    'autoCommit',
    'Leave it out: a session is stored at the end of each request, before the response leaves. ' +
      'Call await ctx.session.save() to store it earlier.',
  ],
  [
    'externalKey',
    'Write transport: bearer(), or { read } with a function that returns the id in a header of the request. Without a request ' +
      'use manager.create() and manager.get(id).',
  ],
  [
    'encode',
    'Write serializer: { serialize, deserialize }, for what the column data holds. The cookie has the id only.',
  ],
  [
    'decode',
    'Write serializer: { serialize, deserialize }, for what the column data holds. The cookie has the id only.',
  ],
  ['genid', 'Leave it out: ids are random. Write idBytes for their length.'],
  ['prefix', 'Leave it out: rows need no prefix. For the name of the cookie write cookie: { prefix: true or false }.'],
  ['valid', 'Check the session in a middleware after session(), and end it there by ctx.session = null.'],
  ['beforeSave', 'Change the session in a middleware after session(), behind its await next().'],
  // express-session and cookie-session
  ['name', asKey],
  ['secret', `${noSignature} To encrypt data write encryptionKeys.`],
  ['keys', `${noSignature} To encrypt data write encryptionKeys.`],
  ['resave', noResave],
  ['saveUninitialized', 'Leave it out: a new session is stored, and gets its cookie, once something is in it.'],
  ['unset', 'Leave it out: ctx.session = null ends the session.'],
  ['proxy', 'Tell Koa: app.proxy = true.'],
  ['expires', `${asMaxAge} '14d'.`],
  // connect-session-sequelize
  ['db', asModel],
  ['table', asModel],
  ['expiration', `${asMaxAge} '24h'.`],
  ['checkExpirationInterval', "Write cleanup: { interval: … }, in milliseconds, or text such as '15m'."],
  ['extendDefaultFields', 'Give the model columns of its own, and set them: ctx.session.userId = 42.'],
  ['modelKey', asModel],
  ['disableTouch', 'Write rolling: false.'],
  // connect-typeorm
  ['cleanupLimit', 'Write cleanup: { batch: … }.'],
  ['limitSubquery', 'Leave it out: the clean-up works on every database without it.'],
  ['ttl', `${asMaxAge} '86400s': connect-typeorm's ttl has seconds.`],
  ['repository', asModel],
  ['onError', "Call manager.on('error', listener), on a manager that you give to session()."],
  // koa-generic-session
  ['errorHandler', "Call manager.on('error', listener), on a manager that you give to session()."],
  ['defer', "Write load: 'lazy', and await ctx.session.load()."],
  ['allowEmpty', 'Leave it out: a new session is stored, and gets its cookie, once something is in it.'],
  ['sessionIdStore', 'Write transport: { read, write }, or leave it out for the cookie.'],
  ['genSid', 'Leave it out: ids are random. Write idBytes for their length.'],
  // in the wrong place, or the right thing by another name
  ['tableName', 'Write @SessionModel({ tableName: … }) above the model.'],
  ['columns', 'Write @SessionModel({ columns: … }) above the model.'],
  ['interval', 'Write cleanup: { interval: … }.'],
  ['batch', 'Write cleanup: { batch: … }.'],
  ['by', 'Write limit: { by: …, max: … }.'],
  ['max', 'Write limit: { by: …, max: … }.'],
  ['onExceed', 'Write limit: { by: …, max: …, onExceed: … }.'],
  ['manager', 'Write session(manager), without braces.'],
  ['app', 'Leave it out: write app.use(session({ model: Sessions })).'],
  ['dataSource', asModel],
  ['sequelize', asModel],
  ['entity', asModel],
])

const besideCookie = (name: string, example: string): [string, string] => [
  name,
  `It stands beside cookie: write session({ model: Sessions, ${example} }).`,
]

/** Hints for members of `cookie` that are no attributes of the cookie in this package. */
export const cookieHints: OptionHints = new Map([
  besideCookie('maxAge', "maxAge: '14d'"),
  besideCookie('maxage', "maxAge: '14d'"),
  ['expires', "It stands beside cookie, as a duration: write session({ model: Sessions, maxAge: '14d' })."],
  ['originalMaxAge', "It stands beside cookie: write session({ model: Sessions, maxAge: '14d' })."],
  besideCookie('name', "key: 'sid'"),
  besideCookie('key', "key: 'sid'"),
  besideCookie('rolling', 'rolling: true'),
  ['signed', noSignature],
  ['overwrite', "Leave it out: the session's cookie always replaces one of its name."],
  ['secureProxy', 'Write secure: true, or tell Koa: app.proxy = true.'],
  ['encode', 'Leave it out: an id needs no encoding.'],
])
