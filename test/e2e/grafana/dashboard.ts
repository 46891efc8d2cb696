/** Of Grafana's dashboard model, what the tests look at. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: Datasource;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}

export interface Datasource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: Datasource;
  readonly legendFormat: string;
  readonly instant?: boolean;
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly datasource: Datasource;
  readonly query: { readonly query: string };
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue: string;
}
