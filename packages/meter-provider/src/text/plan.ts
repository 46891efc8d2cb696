import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { Catalogue } from '../memory/catalogue.ts';
import { isFor } from '../model/stream.ts';
import { StreamOrder } from '../model/stream-order.ts';
import { FamilyText, type FamilyTextOptions } from './family/family-text.ts';
import { ResourceMember, StreamMember, type Member } from './family/member.ts';
import { PlannedStream } from './family/planned-stream.ts';
import type { ResolvedTextOptions } from './options.ts';
import { SpareBytes } from './page/page-text.ts';

/** A family of which there is something to show. */
export interface PlannedFamily {
  readonly text: FamilyText;
  /** What is told of it: that of the first member that has such. */
  readonly help: string;
  readonly unit: string;
  /** Whether it has the resource. */
  readonly isTargetInfo: boolean;
}

interface Named {
  readonly family: prometheusParts.Family;
  readonly member: StreamMember;
}

interface Group {
  /** Those that have nothing to show at the moment included. */
  readonly members: Member[];
  help: string;
  unit: string;
  isPresent: boolean;
}

/** New streams that are named in one step. */
const NEW_STREAMS = 32;

/** Says which families there are, of which members, under which names: as `PrometheusTextSerializer` has it for what a reader collects. */
export class Plan {
  readonly #catalogue: Catalogue;
  readonly #options: ResolvedTextOptions;
  readonly #registry: prometheusParts.FamilyRegistry;
  readonly #labels: prometheusParts.LabelRenderer;
  readonly #familyOptions: FamilyTextOptions;
  readonly #constantLabels: ReadonlyMap<string, string>;
  readonly #order = new StreamOrder<PlannedStream>();
  readonly #families = new Map<prometheusParts.Family, FamilyText>();
  /** Of the streams that have been present. */
  readonly #members = new Map<PlannedStream, Named>();
  readonly #targetInfo: { readonly family: prometheusParts.Family; readonly member: ResourceMember } | undefined;
  #streams = 0;
  #current: readonly PlannedFamily[] | undefined;

  constructor(catalogue: Catalogue, options: ResolvedTextOptions) {
    const { text, format, resource } = options;
    this.#catalogue = catalogue;
    this.#options = options;
    this.#registry = new prometheusParts.FamilyRegistry(text.naming, text.prefix, format);
    this.#labels = new prometheusParts.LabelRenderer(text);
    const spare = format === 'openmetrics' ? new SpareBytes() : undefined;
    this.#familyOptions = { labels: this.#labels, naming: text.naming, seriesPerPage: options.seriesPerPage, spare };
    this.#constantLabels = this.#labels.constantLabels(resource);
    if (!text.targetInfo) return;
    // Its name is taken even where it is not written.
    const family = this.#registry.targetInfo();
    if (text.naming === 'official' || Object.keys(resource).length > 0) this.#targetInfo = { family, member: new ResourceMember(resource) };
  }

  /** Finds out what there is now, in the order of the text. Yields where it may pause. */
  *families(): Generator<undefined, readonly PlannedFamily[], undefined> {
    const { streams, arena } = this.#catalogue;
    while (this.#streams < streams.length) {
      const stream = streams[this.#streams++]!;
      if (isFor(stream.descriptor, this.#options.readerIndex)) this.#order.add(new PlannedStream(arena, stream));
      if (this.#streams % NEW_STREAMS === 0) yield;
    }
    let named = 0;
    for (const planned of this.#order) {
      if (planned.look()) this.#current = undefined;
      if (!planned.isPresent || this.#members.has(planned)) continue;
      this.#name(planned);
      if (++named % NEW_STREAMS === 0) yield;
    }
    return (this.#current ??= this.#grouped());
  }

  #name(planned: PlannedStream): void {
    const family = this.#registry.familyOf(planned.kind);
    if (family === undefined) return;
    const shared = this.#labels.shared(planned.stream.descriptor.scope, this.#constantLabels);
    this.#members.set(planned, { family, member: new StreamMember(planned, family, shared) });
  }

  #grouped(): PlannedFamily[] {
    const groups = new Map<prometheusParts.Family, Group>();
    if (this.#targetInfo !== undefined) {
      const { family, member } = this.#targetInfo;
      groups.set(family, { members: [member], help: prometheusParts.TARGET_INFO_HELP, unit: '', isPresent: true });
    }
    for (const planned of this.#order) {
      const named = this.#members.get(planned);
      if (named !== undefined) addTo(groups, planned, named);
    }
    return Array.from(groups)
      .filter(([, { isPresent }]) => isPresent)
      .map(([family, { members, help, unit }]) => ({
        text: this.#textOf(family, members),
        help,
        unit,
        isTargetInfo: family === this.#targetInfo?.family,
      }));
  }

  #textOf(family: prometheusParts.Family, members: readonly Member[]): FamilyText {
    let text = this.#families.get(family);
    if (text === undefined) {
      text = new FamilyText(family, this.#familyOptions);
      this.#families.set(family, text);
    }
    text.arrange(members);
    return text;
  }
}

function addTo(groups: Map<prometheusParts.Family, Group>, { isPresent, stream }: PlannedStream, { family, member }: Named): void {
  let group = groups.get(family);
  if (group === undefined) groups.set(family, (group = { members: [], help: '', unit: '', isPresent: false }));
  group.members.push(member);
  if (!isPresent) return;
  group.help ||= stream.descriptor.description;
  group.unit ||= stream.descriptor.unit;
  group.isPresent = true;
}
