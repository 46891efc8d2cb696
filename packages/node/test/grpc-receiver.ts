import { createRequire } from 'node:module';
import { countersIn } from './decode.ts';

type Callback = (error: Error | null, value: Buffer) => void;

/** As much of @grpc/grpc-js as is used here; its own types are not to be had without depending on it. */
interface Grpc {
  Server: new () => {
    addService(methods: object, handlers: object): void;
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
    forceShutdown(): void;
  };
  ServerCredentials: { createInsecure(): unknown };
}

/** The copy that the exporter brings along. */
function grpc(): Grpc {
  const exporter = createRequire(import.meta.url).resolve('@opentelemetry/exporter-metrics-otlp-grpc');
  const base = createRequire(exporter).resolve('@opentelemetry/otlp-grpc-exporter-base');
  return createRequire(base)('@grpc/grpc-js') as Grpc;
}

const bytes = (buffer: Buffer) => buffer;

/** Receives OTLP over gRPC. */
export class GrpcReceiver {
  /** The counters of each call. */
  readonly calls: Record<string, number>[] = [];
  readonly #grpc = grpc();
  readonly #server = new this.#grpc.Server();

  /** @returns its URL. */
  async listen(): Promise<string> {
    const method = {
      path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      requestStream: false,
      responseStream: false,
      requestDeserialize: bytes,
      requestSerialize: bytes,
      responseDeserialize: bytes,
      responseSerialize: bytes,
    };
    this.#server.addService(
      { Export: method },
      {
        Export: ({ request }: { request: Buffer }, done: Callback) => {
          this.calls.push(countersIn(request));
          done(null, Buffer.alloc(0));
        },
      },
    );
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const insecure = this.#grpc.ServerCredentials.createInsecure();
    this.#server.bindAsync('127.0.0.1:0', insecure, (error, port) => (error === null ? resolve(port) : reject(error)));
    return `http://127.0.0.1:${await promise}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
