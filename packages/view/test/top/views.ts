import type { Picture, SeriesPicture } from '../../src/model/picture.ts';
import { frameOf, plainLines, type Frame } from '../../src/top/frame.ts';
import type { Link } from '../../src/top/header.ts';
import { extend, type History } from '../../src/top/history.ts';
import { plainText } from '../../src/top/paint.ts';
import type { State } from '../../src/top/state.ts';
import { picture } from './series.ts';

/** What two seconds lie between, one picture after the other. */
export function historyOf(...pictures: readonly (readonly SeriesPicture[] | Picture)[]): History {
  let history: History | undefined;
  pictures.forEach((each, i) => {
    history = extend(history, { picture: 'series' in each ? each : picture(each), at: i * 2, tookSeconds: 0.004 });
  });
  return history!;
}

export const newState: State = { scroll: 0, sort: 'rate', filter: '', isPaused: false, isHelp: false };
export const link: Link = { url: 'http://127.0.0.1:9464/metrics', everySeconds: 2, now: 100 };

interface Options {
  readonly columns?: number;
  readonly rows?: number;
  readonly state?: Partial<State>;
  readonly link?: Partial<Link>;
}

export function frame(history: History | undefined, { columns = 100, rows = 30, state = {}, link: part = {} }: Options = {}): Frame {
  return frameOf({ history, link: { ...link, ...part }, state: { ...newState, ...state }, columns, rows });
}

export function textsOf({ lines }: Pick<Frame, 'lines'>): string[] {
  return lines.map(plainText);
}

/** The plain view without its header. */
export function bodyOf(history: History, { columns = 100, state = {} }: Options = {}): string[] {
  return textsOf({ lines: plainLines({ history, link, state: { ...newState, ...state }, columns }) }).slice(3);
}
