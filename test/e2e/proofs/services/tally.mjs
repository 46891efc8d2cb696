// What a service did, counted without otel-perf: per series, by the name and labels that it must have in Prometheus.
const entries = new Map();

function entry(name, labels) {
  const key = JSON.stringify([name, Object.entries(labels).sort()]);
  let known = entries.get(key);
  if (known === undefined) entries.set(key, (known = { name, labels, value: 0 }));
  return known;
}

export function count(name, labels, amount = 1) {
  entry(name, labels).value += amount;
}

export function set(name, labels, value) {
  entry(name, labels).value = value;
}

export function tally() {
  return [...entries.values()];
}
