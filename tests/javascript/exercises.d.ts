// Exercises, and what the grader says.

type Exercise = import("../../docs/live/exercise.js").Exercise
type Place = import("../../docs/live/exercise_buttons.js").Place

/** The notes are paragraphs on what passes although it is not ours. */
type Concluded = (exercise: Exercise, notes: Node[]) => Promise<void>

/** What a pass is rated, and how it came, in words. */
type Passing = [rating: number, how: string]

/** What answers/site/bundle.py says of an exercise that runs in the page. */
interface Entry {
  stub: string
  hints: string[]
  solution: string
  refusals: string
}

/** What answers/grader/report.py says; `spoilt`, whether Python must start anew. */
interface Verdict {
  failures: Failure[]
  bug?: string | null
  diagnosis?: string | null
  cases?: string[]
  wrong?: string[]
  notes?: Failure[]
  spoilt?: boolean
}
interface Failure {
  case: string
  message: string
  expected?: string | null
  got?: string | null
}
