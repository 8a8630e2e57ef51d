import fc from 'fast-check'

/** Texts that have broken parsers before. */
export const classics = fc.constantFrom(
  '',
  '""',
  '"',
  '%',
  '%00',
  '%ZZ',
  'undefined',
  'null',
  '[object Object]',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '{"$gt":""}',
  'j:{"$ne":null}',
  '../../../etc/passwd',
  '<script>',
  '\0'.repeat(43),
  '~'.repeat(64),
  '=',
  '====',
)

/** More than a browser stores, and than a server takes. */
export const oversized = fc
  .tuple(fc.constantFrom('A', '%41', ' ', '"', '\0', 'é', '=', '~'), fc.integer({ min: 1000, max: 40_000 }))
  .map(([text, count]) => text.repeat(count))
