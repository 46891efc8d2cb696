import { button, setAttribute, setText } from './dom.ts';

type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** What is drawn, and not styled, must be drawn again. Gives what ends it. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The system's theme, until somebody wants the other one. */
export function themeButton(): HTMLButtonElement {
  const { dataset } = document.documentElement;
  const current = (): Theme => (dataset['theme'] as Theme | undefined) ?? (system.matches ? 'dark' : 'light');
  const made = button('', () => {
    dataset['theme'] = current() === 'dark' ? 'light' : 'dark';
    changed();
  });
  const changed = (): void => {
    setText(made, current() === 'dark' ? 'Light colours' : 'Dark colours');
    for (const listener of listeners) listener();
  };
  setAttribute(made, 'class', 'theme');
  system.addEventListener('change', changed);
  changed();
  return made;
}
