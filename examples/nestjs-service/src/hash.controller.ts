import { BadRequestException, Controller, Get, Param, ParseIntPipe, Query, UseGuards } from '@nestjs/common';
import { timeFunction } from '@otel-perf/timing';
import { ApiKeyGuard } from './api-key.guard.ts';
import { HashService } from './hash.service.ts';

const MOST_ROUNDS = 100_000;

@Controller('hashes')
export class HashController {
  constructor(private readonly hashes: HashService) {}

  @Get(':text')
  @timeFunction('quick_hash')
  quick(@Param('text') text: string): { hash: string } {
    return { hash: this.hashes.hash(text, 1) };
  }

  // Below Nest's decorators or above them: the timed method keeps their metadata.
  @timeFunction('slow_hash')
  @Get(':text/slow')
  @UseGuards(ApiKeyGuard)
  async slow(@Param('text') text: string, @Query('rounds', ParseIntPipe) rounds: number): Promise<{ hash: string }> {
    if (rounds > MOST_ROUNDS) throw new BadRequestException(`At most ${MOST_ROUNDS} rounds`);
    return { hash: this.hashes.hash(text, rounds) };
  }
}
