// Requires each module that it is given, and prints what these export; and that an import of it is the very same.
async function main() {
  const names = {};
  for (const specifier of process.argv.slice(2)) {
    const required = require(specifier);
    if (required !== (await import(specifier))) throw new Error(`${specifier} was loaded twice`);
    names[specifier] = Object.keys(required).sort();
  }
  console.log(JSON.stringify(names));
}

main();
