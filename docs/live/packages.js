// Which files Python needs for what some code imports and reads, and how much is sent of each: for the
// worker, which loads them, and for the page, which says how much that will be.

/** @type {FilesOf} */
export const filesOf = (config, names) => {
  const { packages } = config.lock
  return names.flatMap(name => [packages[name].file_name, ...filesOf(config, packages[name].depends)])
}

// The data that the code reads, if it names what reads it.
/** @type {DataOf} */
export const dataOf = ({ data }, code) => Object.keys(data).flatMap(word => (code.includes(word) ? [data[word]] : []))

// Those that the code will probably ask for.
/** @param {Config} config @param {string} code */
export const foreseen = (config, code) => {
  const named = Object.keys(config.foresee).filter(word => code.includes(word))
  const packages = named.flatMap(word => config.foresee[word])
  return [...filesOf(config, packages), ...dataOf(config, code).map(({ file }) => file)]
}

// In bytes; some files are compressed on the way.
/** @param {Config} config @param {string} name */
export const sent = ({ files, compressed }, name) => files[name].size * (compressed[name] ?? 1)
