import type { Attributes } from '@opentelemetry/api';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { labelName } from './names.ts';
import type { ResolvedOptions } from './options.ts';
import { labelValue, quotedText } from './text.ts';

/** Labels that every series of a scope has: the scope's own, then the chosen ones of the resource. */
export interface SharedLabels {
  readonly byName: ReadonlyMap<string, string>;
  /** `byName` rendered, without braces. */
  readonly text: string;
}

export interface SeriesLabels {
  /** Without braces, in the order of the attributes and then of the scope and resource. */
  readonly text: string;
  /** Equal for equal series. To Prometheus, order does not matter, and an empty label is none. */
  readonly id: string;
}

export const NO_SHARED_LABELS: SharedLabels = { byName: new Map(), text: '' };

const LABEL_NAME_CACHE_SIZE = 2_000;

/** Renders labels. Remembers sanitised label names, at most {@link LABEL_NAME_CACHE_SIZE} of them. */
export class LabelRenderer {
  readonly #options: ResolvedOptions;
  readonly #names = new Map<string, string>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** The resource attributes that {@link PrometheusOptions.withResourceConstantLabels} chooses. */
  constantLabels(resource: Attributes): ReadonlyMap<string, string> {
    const pattern = this.#options.constantLabels;
    if (pattern === undefined) return NO_SHARED_LABELS.byName;
    // search() starts at 0 whatever the expression's flags, so that a `g` or `y` does not skip every other key.
    const chosen = Object.entries(resource).filter(([key]) => key.search(pattern) !== -1);
    return this.#join(Object.fromEntries(chosen), false);
  }

  /** Where the scope and the resource give one label, the resource's value stays, as in the official exporter. */
  shared(scope: ScopeMetrics['scope'], constantLabels: ReadonlyMap<string, string>): SharedLabels {
    const byName = new Map<string, string>();
    if (this.#options.scopeInfo) {
      byName.set('otel_scope_name', scope.name);
      if (scope.schemaUrl) byName.set('otel_scope_schema_url', scope.schemaUrl);
      if (scope.version) byName.set('otel_scope_version', scope.version);
    }
    for (const [name, value] of constantLabels) byName.set(name, value);
    return { byName, text: render(byName) };
  }

  /**
   * The labels of one series. Attributes whose names become one label are joined with `;` in the order of their original keys
   * (specification, "Metric Attributes"); an attribute displaces a shared label of its name. A histogram's own attribute `le`
   * becomes `exported_le`, as Prometheus renames labels that clash with its own.
   */
  series(attributes: Attributes, shared: SharedLabels, histogram: boolean): SeriesLabels {
    const own = this.#join(attributes, histogram);
    let rest = shared;
    for (const name of shared.byName.keys()) {
      if (own.has(name) || (histogram && name === 'le')) {
        rest = this.#withoutClashes(shared.byName, own, histogram);
        break;
      }
    }
    const text = render(own);
    return {
      text: text === '' || rest.text === '' ? text + rest.text : `${text},${rest.text}`,
      id: identity(own, rest.byName),
    };
  }

  #withoutClashes(shared: ReadonlyMap<string, string>, own: ReadonlyMap<string, string>, histogram: boolean): SharedLabels {
    const kept = new Map<string, string>();
    for (const [name, value] of shared) {
      const legal = histogram && name === 'le' ? 'exported_le' : name;
      if (!own.has(legal)) kept.set(legal, value);
    }
    return { byName: kept, text: render(kept) };
  }

  #join(attributes: Attributes, histogram: boolean): Map<string, string> {
    const values = new Map<string, string>();
    const keys = Object.keys(attributes);
    for (const key of keys) {
      const name = this.#labelOf(key, histogram);
      if (values.has(name)) return this.#joinClashing(attributes, keys.sort(), histogram);
      values.set(name, labelValue(attributes[key]));
    }
    return values;
  }

  /** Labels stand where their first key stands among the attributes; values in the order of `sorted`. */
  #joinClashing(attributes: Attributes, sorted: readonly string[], histogram: boolean): Map<string, string> {
    const values = new Map<string, string>();
    for (const key of Object.keys(attributes)) values.set(this.#labelOf(key, histogram), '');
    const joined = new Set<string>();
    for (const key of sorted) {
      const name = this.#labelOf(key, histogram);
      const value = labelValue(attributes[key]);
      values.set(name, joined.has(name) ? `${values.get(name)};${value}` : value);
      joined.add(name);
    }
    return values;
  }

  #labelOf(key: string, histogram: boolean): string {
    const name = this.#name(key);
    return histogram && name === 'le' ? 'exported_le' : name;
  }

  #name(key: string): string {
    let name = this.#names.get(key);
    if (name === undefined) {
      if (this.#names.size >= LABEL_NAME_CACHE_SIZE) this.#names.clear();
      name = labelName(this.#options.naming, key);
      this.#names.set(key, name);
    }
    return name;
  }
}

function identity(own: ReadonlyMap<string, string>, shared: ReadonlyMap<string, string>): string {
  const labels: string[] = [];
  for (const [name, value] of own) if (value !== '') labels.push(`${name}=${quotedText(value)}`);
  for (const [name, value] of shared) if (value !== '') labels.push(`${name}=${quotedText(value)}`);
  return labels.sort().join();
}

function render(labels: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of labels) text += `${text === '' ? '' : ','}${name}=${quotedText(value)}`;
  return text;
}
