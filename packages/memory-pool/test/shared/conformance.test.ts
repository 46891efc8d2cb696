import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import { conformance } from '../allocators/conformance.ts';

conformance('SharedAllocator', (options) => SharedAllocator.create(options), { alignment: 256 });
conformance(
  'SharedAllocator without magazines, its size no power of two',
  (options) => SharedAllocator.create({ ...options, magazineBlocks: 0 }),
  {
    size: 256 * 301,
    alignment: 256,
  },
);
