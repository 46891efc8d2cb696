// Preloaded by the tests on OpenTelemetry's oldest line: what files of packages/ import of @opentelemetry comes from test/otel-2.
import { readdirSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const packages = new URL('../../', import.meta.url).href;
const oldLine = new URL('../../../test/otel-2/package.json', import.meta.url);
const there = readdirSync(new URL('node_modules/@opentelemetry', oldLine)).map((name) => `@opentelemetry/${name}`);
const requireOld = createRequire(oldLine);

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = context.parentURL?.startsWith(packages) && !context.parentURL.includes('/node_modules/');
    const name = specifier.split('/', 2).join('/');
    if (!isOurs || !there.includes(name)) return next(specifier, context);
    // `require` takes no heed of another parent.
    if (!context.conditions.includes('require')) return next(specifier, { ...context, parentURL: oldLine.href });
    return { url: pathToFileURL(requireOld.resolve(specifier)).href, format: 'commonjs', shortCircuit: true };
  },
});
