import type kafkajs from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { Supervisor, type Part, type SupervisorTools } from '../pipeline/supervisor.js';

/** What a crew needs of where it runs. */
export interface CrewTools {
  readonly record: SupervisorTools['record'];
  readonly admin: kafkajs.Admin;
  readonly part: (seat: number) => Promise<Part>;
  readonly groupId: string;
}

const restartPauseMs = 50;
const groupLimitMs = 120_000;
const startsMax = 3;

/** The processes of one stage, each on a seat: who dies is started again on it. */
export class Crew {
  private constructor(
    private readonly tools: CrewTools,
    private readonly supervisor: Supervisor,
    readonly size: number,
  ) {}

  /** Starts them; resolves when each has its share of the partitions. */
  static async start(tools: CrewTools, size: number): Promise<Crew> {
    const pause = (): Promise<void> => delay(restartPauseMs);
    const supervisor = new Supervisor({ say: () => undefined, record: tools.record, pause });
    const crew = new Crew(tools, supervisor, size);
    const parts = await Promise.all(Array.from({ length: size }, (_, seat) => tools.part(seat)));
    await Promise.all(parts.map((part) => startOf(supervisor, part)));
    await crew.untilShared();
    return crew;
  }

  /** Resolves when the living share the partitions, and Kafka has forgotten the dead. */
  async untilShared(): Promise<void> {
    const deadline = performance.now() + groupLimitMs;
    while (!(await this.isShared())) {
      if (performance.now() > deadline) throw new Error(`${this.tools.groupId} did not come together`);
      await delay(200);
    }
  }

  stop(): Promise<void> {
    return this.supervisor.stop();
  }

  private async isShared(): Promise<boolean> {
    if (this.supervisor.pids().size < this.size) return false;
    const { groups } = await this.tools.admin.describeGroups([this.tools.groupId]);
    const [group] = groups;
    return group?.state === 'Stable' && group.members.length === this.size;
  }
}

/** What is left of an earlier try may bring a process to its edge, and death, before it is ready: then it is started again. */
async function startOf(supervisor: Supervisor, part: Part): Promise<void> {
  for (let tries = 1; tries < startsMax; tries += 1) {
    try {
      await supervisor.start(part);
      return;
    } catch {
      await delay(restartPauseMs);
    }
  }
  await supervisor.start(part);
}
