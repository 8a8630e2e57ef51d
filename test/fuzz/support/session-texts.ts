import fc from 'fast-check'

/** Surrogates may stand alone here. */
const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/** Texts that mean something to JSON, to SQL, to an ORM, or to the library. */
const words = fc.constantFrom(
  '',
  '\0',
  '\\',
  "'",
  '"',
  '`',
  '\\0\\Z\\n',
  "'; DROP TABLE sessions --",
  '?',
  ':id',
  ':data',
  '$1',
  '$$',
  '%s',
  '\u2028\u2029',
  '\ufeff',
  '\ud800',
  '\udfff\ud800',
  '💥',
  '{"$session":{"key":"x"}}',
  '{}',
  'null',
  'NaN',
  '2026-03-14T15:09:26.000Z',
)

/** Text of every kind, also what is no valid Unicode. */
export const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 4, arbitrary: fc.string({ unit: codeUnit, maxLength: 30 }) },
  { weight: 4, arbitrary: words },
  { weight: 1, arbitrary: fc.string({ unit: codeUnit, minLength: 500, maxLength: 2000 }) },
)
