/** What a table shows of a row at one place. */
export interface Column<Row> {
  readonly label: string;
  /** What it sorts by. Rows without it come last, whichever way. */
  readonly valueOf: (row: Row) => string | number | undefined;
  readonly textOf: (row: Row) => string;
  /** A second line of the cell, in a smaller type; of the first column alone. */
  readonly noteOf?: (row: Row) => string;
  /** In full, where the text is cut or rounded. */
  readonly titleOf: (row: Row) => string;
  readonly numeric: boolean;
  readonly width: 'wide' | 'middle' | 'narrow';
}

export interface Order {
  /** Of the column. */
  readonly index: number;
  readonly descending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** The rows in `order`; those that are equal stay as they were. */
export function sorted<Row>(rows: readonly Row[], { valueOf }: Column<Row>, descending: boolean): Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => {
      if (isNone(a.value) || isNone(b.value)) return Number(isNone(a.value)) - Number(isNone(b.value));
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function isNone(value: string | number | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b);
  return a < b ? -1 : Number(a > b);
}
