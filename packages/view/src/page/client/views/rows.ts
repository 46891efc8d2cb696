export interface RowView<Item> {
  readonly element: HTMLElement;
  show(item: Item): void;
  /** Lets go of what outlives the element. */
  end?(): void;
}

/** The views of a list's items, in their order, which stay when the list changes, so that focus and selection do. */
export class Rows<Item> {
  readonly #parent: HTMLElement;
  readonly #make: () => RowView<Item>;
  readonly #made: RowView<Item>[] = [];

  constructor(parent: HTMLElement, make: () => RowView<Item>) {
    this.#parent = parent;
    this.#make = make;
  }

  show(items: readonly Item[]): void {
    for (const surplus of this.#made.splice(items.length)) {
      surplus.end?.();
      surplus.element.remove();
    }
    for (const [i, item] of items.entries()) {
      const view = this.#made[i] ?? this.#add();
      view.show(item);
    }
  }

  #add(): RowView<Item> {
    const view = this.#make();
    this.#made.push(view);
    this.#parent.append(view.element);
    return view;
  }
}
