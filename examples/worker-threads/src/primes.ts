import { timeFunction } from '@otel-perf/timing';

/** From `from` to below `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const countPrimes = timeFunction('count_primes')(function countPrimes({ from, to }: Range): number {
  let count = 0;
  for (let number = from; number < to; number++) if (isPrime(number)) count++;
  return count;
});

function isPrime(number: number): boolean {
  if (number < 4) return number > 1;
  if (number % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) if (number % divisor === 0) return false;
  return true;
}
