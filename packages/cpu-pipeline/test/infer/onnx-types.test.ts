import { SharedAllocator, type ElementType } from '@otel-perf/memory-pool';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { onnxType } from '../../src/infer/onnx-types.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import { DATA_TYPES, ModelFiles, onnxFile, type DataType } from './onnx-file.ts';

const NUMERIC = (Object.keys(DATA_TYPES) as DataType[]).filter((type) => type !== 'string');

function identity(type: DataType): Uint8Array {
  return onnxFile(
    [{ name: 'in', type, dims: ['rows', 'columns'] }],
    [{ operator: 'Identity', inputs: ['in'], outputs: ['out'] }],
    [{ name: 'out', type, dims: ['rows', 'columns'] }],
  );
}

/** Finds the indices of what is not 0: how many there are depends on the values. */
const NON_ZERO = onnxFile(
  [{ name: 'in', type: 'float32', dims: ['length'] }],
  [{ operator: 'NonZero', inputs: ['in'], outputs: ['out'] }],
  [{ name: 'out', type: 'int64', dims: [1, 'found'] }],
);

function tensorOf(type: DataType, bytes: Uint8Array<ArrayBuffer>, rows: number, columns: number): Tensor {
  const { element, View } = onnxType(type)!;
  return { type: element, dims: [rows, columns], data: new View(bytes.buffer, 0, rows * columns) };
}

describe('element types', () => {
  test.each(NUMERIC)('%s: every value comes back as it was, of any dimensions, 0 included', async (type) => {
    using files = new ModelFiles();
    const allocator = SharedAllocator.create({ size: 2 ** 20 });
    await using model = await OnnxModel.load(files.write(type, identity(type)), { memory: allocator });
    const { element, View } = onnxType(type)!;
    const tensors = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 7 })).chain(([rows, columns]) => {
      const size = rows * columns * View.BYTES_PER_ELEMENT;
      // What is neither 0 nor 1 is no truth value.
      const byte = fc.integer({ min: 0, max: type === 'bool' ? 1 : 255 });
      const bytes = fc.array(byte, { minLength: size, maxLength: size });
      return bytes.map((values) => tensorOf(type, Uint8Array.from(values) as Uint8Array<ArrayBuffer>, rows, columns));
    });
    await fc.assert(
      fc.asyncProperty(tensors, async (tensor) => {
        using result = await model.run({ in: tensor });
        const out = result.tensors['out']!;
        expect(out.type).toBe(element);
        expect(out.dims).toEqual(tensor.dims);
        expect(Object.prototype.toString.call(out.data)).toBe(`[object ${View.name}]`);
        expect(bytesOf(out)).toEqual(bytesOf(tensor));
      }),
      { numRuns: 30 },
    );
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('strings are refused', async () => {
    using files = new ModelFiles();
    await using model = await OnnxModel.load(files.write('string', identity('string')));
    expect(model.inputs).toEqual([{ name: 'in', type: 'string', dims: ['rows', 'columns'] }]);
    const feed = { type: 'uint8', dims: [1, 1], data: new Uint8Array(1) } as const;
    await expect(model.run({ in: feed })).rejects.toThrow(
      'input "in" of model "string.onnx" takes values of type string, which is no tensor of numbers',
    );
  });

  test('an output of strings is refused, and others of the model are not', async () => {
    using files = new ModelFiles();
    const file = onnxFile(
      [{ name: 'in', type: 'float32', dims: [2] }],
      [
        { operator: 'Identity', inputs: ['in'], outputs: ['same'] },
        { operator: 'Cast', inputs: ['in'], outputs: ['text'], attributes: { to: DATA_TYPES.string } },
      ],
      [
        { name: 'same', type: 'float32', dims: [2] },
        { name: 'text', type: 'string', dims: [2] },
      ],
    );
    await using model = await OnnxModel.load(files.write('texts', file));
    const feed = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;
    await expect(model.run({ in: feed })).rejects.toThrow(
      'output "text" of model "texts.onnx" is of type string, which is no tensor of numbers',
    );
    using result = await model.run({ in: feed }, { outputs: ['same'] });
    expect(Object.keys(result.tensors)).toEqual(['same']);
    expect([...(result.tensors['same']!.data as Float32Array)]).toEqual([1, 2]);
  });

  test('outputs whose size depends on the values are right, larger and smaller than before', async () => {
    using files = new ModelFiles();
    const allocator = SharedAllocator.create({ size: 2 ** 20 });
    await using model = await OnnxModel.load(files.write('non-zero', NON_ZERO), { memory: allocator });
    const values = fc.array(fc.constantFrom(0, 1), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(values, async (data) => {
        using result = await model.run({ in: { type: 'float32', dims: [100], data: Float32Array.from(data) } });
        const found = data.flatMap((value, at) => (value === 0 ? [] : BigInt(at)));
        const { out } = result.tensors;
        expect(out!.type).toBe('int64' satisfies ElementType);
        expect(out!.dims).toEqual([1, found.length]);
        expect([...(out!.data as BigInt64Array)]).toEqual(found);
      }),
      { numRuns: 50 },
    );
    expect(allocator.stats().blocks.current).toBe(0);
  });
});

function bytesOf({ data }: Tensor): number[] {
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}
