import type { ApplicantKind } from '#contracts/contract.js';
import type { OnboardingEvent } from '#contracts/envelope.js';

/** How the stages follow one another, and by which events they tell that they are done. */
export interface Stages {
  /** The stage to which an event gives a new onboarding. */
  readonly nextOf: (type: string, kind: ApplicantKind) => string | undefined;
  /** What an event says of its own stage, if it is the last of its work. */
  readonly endOf: (type: string) => 'passed' | 'ended' | undefined;
  /**
   * The results of the finished steps of a stage whose last steps are to be done again, for what they kept was in the
   * database; undefined where nothing is.
   */
  readonly redone: (event: OnboardingEvent) => Readonly<Record<string, unknown>> | undefined;
  readonly erasedType: string;
  /** How an event leaves an onboarding that has not ended, where a human's command or a parking decides it. */
  readonly standingOf: (event: OnboardingEvent) => Standing | undefined;
  /** The id of a command whose effect only the database had: it is applied again when it is read again. */
  readonly appliedAgain: (event: OnboardingEvent) => string | undefined;
}

export type Standing = 'active' | 'paused' | 'parked';

/** What is known of an onboarding in a stage, besides its row. */
export interface ToldRun {
  readonly onboardingId: string;
  readonly state: 'active' | 'passed' | 'ended';
  /** The number of its good end, where its last steps are done again: that event is told again, with the same id. */
  readonly toldEnd: number | undefined;
  readonly sequence: number;
  /** Which of these commands or parkings came last, and its number. */
  readonly standing: { readonly state: Standing; readonly sequence: number } | undefined;
  readonly answered: readonly string[];
  readonly results: Readonly<Record<string, unknown>>;
}

interface Story {
  readonly onboardingId: string;
  last: OnboardingEvent | undefined;
  end: OnboardingEvent | undefined;
  standing: ToldRun['standing'];
  isErased: boolean;
  readonly appliedAgain: string[];
}

/** What the topics tell of each stage's onboardings. What only the database had of a command is never taken for done: an erasure's vault has its data again. */
export class Told {
  private readonly stories = new Map<string, Map<string, Story>>();

  constructor(private readonly stages: Stages) {}

  /** Events come in any order, and more than once. */
  add(event: OnboardingEvent): void {
    const next = this.stages.nextOf(event.type, event.applicantKind);
    if (next !== undefined) this.storyOf(next, event.onboardingId);
    if (event.sequence !== undefined) this.addTo(this.storyOf(event.stage, event.onboardingId), event);
  }

  runsOf(stage: string): ToldRun[] {
    return [...(this.stories.get(stage)?.values() ?? [])].map((story) => this.toRun(story));
  }

  private addTo(story: Story, event: OnboardingEvent): void {
    const { sequence = 0 } = event;
    if ((story.last?.sequence ?? 0) < sequence) story.last = event;
    if (this.stages.endOf(event.type) !== undefined) story.end = event;
    story.standing = this.standingWith(story.standing, event);
    const again = this.stages.appliedAgain(event);
    if (again !== undefined) story.appliedAgain.push(again);
    if (event.type === this.stages.erasedType) story.isErased = true;
  }

  private standingWith(known: ToldRun['standing'], event: OnboardingEvent): ToldRun['standing'] {
    const { sequence = 0 } = event;
    const state = this.stages.standingOf(event);
    return state === undefined || sequence < (known?.sequence ?? 0) ? known : { state, sequence };
  }

  private toRun(story: Story): ToldRun {
    const { onboardingId, last, end, standing, appliedAgain } = story;
    const answered = (last?.answeredCommands ?? []).filter((id) => !appliedAgain.includes(id));
    const sequence = last?.sequence ?? 0;
    const redone = this.redoneOf(story);
    if (redone !== undefined)
      return {
        onboardingId,
        state: 'active',
        toldEnd: end?.sequence,
        sequence,
        standing: undefined,
        answered,
        results: redone,
      };
    const state = (end && this.stages.endOf(end.type)) ?? 'active';
    return { onboardingId, state, toldEnd: undefined, sequence, standing, answered, results: {} };
  }

  private redoneOf({ end, isErased }: Story): Readonly<Record<string, unknown>> | undefined {
    if (end === undefined || isErased) return undefined;
    const results = this.stages.redone(end);
    if (results === undefined) return undefined;
    return Object.fromEntries(
      Object.entries(results).map(([step, result]) => [step, { result, tries: 1, ms: 0 }]),
    );
  }

  private storyOf(stage: string, onboardingId: string): Story {
    const ofStage = this.stories.get(stage) ?? new Map<string, Story>();
    this.stories.set(stage, ofStage);
    const story = ofStage.get(onboardingId) ?? {
      onboardingId,
      last: undefined,
      end: undefined,
      standing: undefined,
      isErased: false,
      appliedAgain: [],
    };
    ofStage.set(onboardingId, story);
    return story;
  }
}
