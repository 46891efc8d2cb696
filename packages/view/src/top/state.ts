import { SORT_KEYS, type SortKey } from './sort.ts';

/** What the keys have made of the view. */
export interface State {
  /** Lines of the body above the first that is shown. The frame says how far it may go. */
  readonly scroll: number;
  readonly sort: SortKey;
  /** The filter expression in force; '' for none. */
  readonly filter: string;
  /** The expression while it is typed. */
  readonly typed?: string;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
}

/** What of the frame on the screen the keys need to know. */
export interface Layout {
  /** As far as the body reaches. */
  readonly scroll: number;
  readonly mostScroll: number;
  /** Lines of a page, less one that stays in sight. */
  readonly page: number;
  /** The body's lines that sections begin with. */
  readonly starts: readonly number[];
}

/** A key as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

/** The state after a key; `quit` where the view is to end. `isValid` tells whether a filter expression is one. */
export function afterKey(state: State, key: Key, layout: Layout, isValid: (filter: string) => boolean): State | 'quit' {
  if (key.ctrl === true) return key.name === 'c' ? 'quit' : state;
  if (state.typed !== undefined) return afterTyping(state, state.typed, key, isValid);
  if (key.name === 'escape' && state.isHelp) return shown(state, { isHelp: false });
  if (key.name === 'escape' || key.sequence === 'q') return 'quit';
  const scroll = scrolled(key, layout);
  if (scroll !== undefined) return { ...state, scroll: Math.max(0, Math.min(layout.mostScroll, scroll)) };
  switch (key.sequence) {
    case 's':
      return { ...state, sort: SORT_KEYS[(SORT_KEYS.indexOf(state.sort) + 1) % SORT_KEYS.length]! };
    case '/':
      return shown(state, { isHelp: false, typed: state.filter });
    case 'p':
      return { ...state, isPaused: !state.isPaused };
    case '?':
      return shown(state, { isHelp: !state.isHelp });
    default:
      return state;
  }
}

function shown(state: State, change: Partial<State>): State {
  return { ...state, ...change, scroll: 0 };
}

/** Enter keeps what was typed, Escape the filter that is in force; what is no expression yet leaves that as it is. */
function afterTyping(state: State, typed: string, key: Key, isValid: (filter: string) => boolean): State {
  const { typed: _, ...done } = state;
  if (key.name === 'return' || key.name === 'enter' || key.name === 'escape') return done;
  const text = afterEdit(typed, key);
  if (text === typed) return state;
  return { ...state, typed: text, scroll: 0, ...(isValid(text) ? { filter: text } : {}) };
}

function afterEdit(typed: string, { name, sequence = '', meta }: Key): string {
  if (name === 'backspace') return Array.from(typed).slice(0, -1).join('');
  const isText = meta !== true && /^[^\p{Cc}\p{Cs}]+$/u.test(sequence);
  return isText ? typed + sequence : typed;
}

function scrolled({ name, sequence }: Key, { scroll, mostScroll, page, starts }: Layout): number | undefined {
  if (name === 'down' || sequence === 'j') return scroll + 1;
  if (name === 'up' || sequence === 'k') return scroll - 1;
  if (name === 'pagedown' || name === 'space') return scroll + page;
  if (name === 'pageup') return scroll - page;
  if (name === 'home' || sequence === 'g') return 0;
  if (name === 'end' || sequence === 'G') return mostScroll;
  if (name !== 'tab') return undefined;
  // From the last section on to the first.
  return scroll >= mostScroll ? 0 : (starts.find((start) => start > scroll) ?? 0);
}
