import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { timeFunction } from '@otel-perf/timing';

@Injectable()
export class HashService {
  @timeFunction('hash')
  hash(text: string, rounds: number): string {
    let hash = Buffer.from(text);
    for (let round = 0; round < rounds; round++) hash = createHash('sha256').update(hash).digest();
    return hash.toString('hex');
  }
}
