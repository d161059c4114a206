import { Controller, Delete, Get, HttpCode, HttpStatus, Post, UseGuards } from '@nestjs/common';
import { Generations } from '../generations.js';
import { Readers } from '../readers.js';
import { TokenGuard } from './token.guard.js';

/** Builds the read model anew from the topics while the present one goes on answering. */
@Controller('v1/rebuild')
@UseGuards(TokenGuard)
export class RebuildController {
  constructor(
    private readonly generations: Generations,
    private readonly readers: Readers,
  ) {}

  /** Begins one; the one under way, where there is one. */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async start(): Promise<object> {
    const { number, state } = await this.generations.startRebuild();
    this.readers.wake();
    return { generation: number, state };
  }

  /** The generations that are read, and how many records each is behind the end of the topics. */
  @Get()
  async progress(): Promise<object> {
    const open = await this.generations.open();
    const generations = open.map(async ({ number, state, startedAt }) => ({
      generation: number,
      state,
      startedAt,
      behind: await this.readers.behind(number),
    }));
    return { generations: await Promise.all(generations) };
  }

  /** Gives up the one under way; the live one is not touched. */
  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  async abandon(): Promise<void> {
    await this.generations.abandonRebuild();
    this.readers.wake();
  }
}
