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

/** Of millions: no more than is needed. */
interface Story {
  readonly onboardingId: string;
  /** Of the last event. */
  sequence: number;
  answered: readonly string[];
  end: End | undefined;
  standing: ToldRun['standing'];
  readonly appliedAgain: string[];
}

interface End {
  readonly state: 'passed' | 'ended';
  readonly sequence: number;
  readonly redone: ReturnType<Stages['redone']>;
}

/** What the topics tell of each stage's onboardings. What only the database had of a command is never taken for done: an erasure's vault has its data again. */
export class Told {
  private readonly stories = new Map<string, Map<string, Story>>();
  private readonly erased = new Set<string>();

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
    const { sequence = 0, answeredCommands = [] } = event;
    if (story.sequence < sequence) Object.assign(story, { sequence, answered: answeredCommands });
    const state = this.stages.endOf(event.type);
    if (state !== undefined) story.end = { state, sequence, redone: this.stages.redone(event) };
    story.standing = this.standingWith(story.standing, event);
    const again = this.stages.appliedAgain(event);
    if (again !== undefined) story.appliedAgain.push(again);
    if (event.type === this.stages.erasedType) this.erased.add(event.onboardingId);
  }

  private standingWith(known: ToldRun['standing'], event: OnboardingEvent): ToldRun['standing'] {
    const { sequence = 0 } = event;
    const state = this.stages.standingOf(event);
    return state === undefined || sequence < (known?.sequence ?? 0) ? known : { state, sequence };
  }

  private toRun(story: Story): ToldRun {
    const { onboardingId, sequence, end, standing, appliedAgain } = story;
    const answered = story.answered.filter((id) => !appliedAgain.includes(id));
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
    const state = end?.state ?? 'active';
    return { onboardingId, state, toldEnd: undefined, sequence, standing, answered, results: {} };
  }

  /** Nothing of one whose personal data are erased, by whichever stage. */
  private redoneOf({ onboardingId, end }: Story): Readonly<Record<string, unknown>> | undefined {
    if (end?.redone === undefined || this.erased.has(onboardingId)) return undefined;
    return Object.fromEntries(
      Object.entries(end.redone).map(([step, result]) => [step, { result, tries: 1, ms: 0 }]),
    );
  }

  private storyOf(stage: string, onboardingId: string): Story {
    const ofStage = this.stories.get(stage) ?? new Map<string, Story>();
    this.stories.set(stage, ofStage);
    const story = ofStage.get(onboardingId) ?? {
      onboardingId,
      sequence: 0,
      answered: [],
      end: undefined,
      standing: undefined,
      appliedAgain: [],
    };
    ofStage.set(onboardingId, story);
    return story;
  }
}
