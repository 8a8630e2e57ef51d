// One benchmark without HTTP, in a process of its own: node main.mjs <name> <options as JSON>.
const { default: run } = await import(`./${process.argv[2]}.mjs`)
const result = await run(JSON.parse(process.argv[3]))
process.send(result)
process.on('disconnect', () => process.exit())
