import { expect } from 'chai'
import { filesIn, read } from './support/project.js'

const mostLines = 250

describe('the size of src', () => {
  it(`is at most ${mostLines} lines a file`, () => {
    const sizes = filesIn('src', '.ts').map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    expect(sizes).to.not.be.empty
    const tooLong = sizes.filter(({ lines }) => lines > mostLines)
    expect(tooLong.map(({ file, lines }) => `${file} has ${lines}`)).to.deep.equal([])
  })
})
