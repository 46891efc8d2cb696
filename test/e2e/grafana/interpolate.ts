import type { Variable } from './dashboard.ts';

/** Which values are chosen, by variable; "All" where there are none. */
export type Choice = Readonly<Record<string, readonly string[]>>;

/** As Grafana works them out for the last hour on a screen's width, with the `timeInterval` of the shipped datasource. */
const BUILT_IN: Readonly<Record<string, string>> = { __interval: '15s', __rate_interval: '1m0s', __range: '3600s' };

/** Puts values into a query as Grafana's Prometheus datasource does. Throws for a variable that does not exist. */
export function interpolate(query: string, variables: readonly Variable[], choice: Choice): string {
  return query.replace(/\$(\w+)|\$\{(\w+)\}/g, (_, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    const builtIn = BUILT_IN[name];
    if (builtIn !== undefined) return builtIn;
    const variable = variables.find((each) => each.name === name);
    if (variable === undefined) throw new Error(`${query} has $${name}, which is no variable of its dashboard`);
    const values = choice[name];
    if (values === undefined) return variable.allValue;
    return values.length === 1 ? escapeRegex(values[0]!) : `(${values.map(escapeRegex).join('|')})`;
  });
}

/** Names of the dashboard's own variables in a query. */
export function variablesIn(query: string): string[] {
  return [...query.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!).filter((name) => !(name in BUILT_IN));
}

/** `label_values(selector, label)`. */
export function parseLabelValues(query: string): { selector: string; label: string } {
  const [, selector, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) throw new Error(`${query} is no label_values(selector, label)`);
  return { selector, label };
}

/** Escaped twice: for the regular expression, and for the string of PromQL that it stands in. */
function escapeRegex(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&');
}
