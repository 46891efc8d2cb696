/** A text of format 0.0.4 as OpenMetrics has it, line by line. UNIT lines are left out: they depend on more than the text tells. */
export function asOpenMetrics(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# UNIT') && line !== '# no registered metrics');
  const types = new Map(lines.flatMap((line) => (line.startsWith('# TYPE') ? [line.slice(7).split(' ') as [string, string]] : [])));
  const negative = (name: string): boolean =>
    lines.some((line) => line.startsWith(`${name}_bucket{`) && Number(/le="([^"]*)"\} \S+$/.exec(line)?.[1]) < 0);
  const hidden = new Set<string>();
  for (const [name, type] of types) {
    if (type !== 'histogram') continue;
    const hasSum = lines.some((line) => line.startsWith(`${name}_sum`) && !types.has(nameOf(line)));
    if (hasSum && !negative(name)) continue;
    hidden.add(`${name}_count`);
    hidden.add(`${name}_sum`);
  }
  const converted = lines.filter((line) => !hidden.has(nameOf(line))).map((line) => (line.startsWith('# ') ? header(line, types) : line));
  return [...converted, '# EOF', ''];
}

export function withoutUnits(text: string): string[] {
  return text.split('\n').filter((line) => !line.startsWith('# UNIT'));
}

function nameOf(line: string): string {
  return /^[^{ ]*/.exec(line)![0];
}

function header(line: string, types: ReadonlyMap<string, string>): string {
  const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line)!;
  const [shown, type] =
    name === 'target_info'
      ? ['target', 'info']
      : types.get(name) === 'counter'
        ? [name.replace(/_total$/, ''), 'counter']
        : [name, types.get(name)];
  return kind === 'TYPE' ? `# TYPE ${shown} ${type}` : `# HELP ${shown} ${rest.replaceAll('"', '\\"')}`;
}
