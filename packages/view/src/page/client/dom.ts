export type Child = Node | string;

/** `undefined` and `false` leave an attribute out. Never a style or a handler: the page's policy forbids these. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children, of which strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children);
  return made;
}

export function setAttribute(target: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? '' : String(value));
}

/** Changes the text only where it is another, so that what a person has selected stays. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function button(label: string, onPress: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', onPress);
  return made;
}

let ids = 0;

/** For elements that others refer to. */
export function freshId(): string {
  ids++;
  return `id-${ids}`;
}

/** A part of the page with a heading that names it. */
export function section(title: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const id = freshId();
  return element('section', { 'aria-labelledby': id, ...attributes }, element('h2', { id }, title), ...children);
}
