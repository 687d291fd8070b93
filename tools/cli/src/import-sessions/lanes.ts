/**
 * Sorts steps into lanes: what belongs to connected things stays in one lane in the order in which it came, and lanes
 * do not depend on each other.
 */
export class Lanes<Step> {
  private readonly parents = new Map<string, string>();
  private readonly steps: { thing: string; step: Step }[] = [];

  /** From now on, and for what came before, these two belong together. */
  connect(one: string, other: string): void {
    this.parents.set(this.rootOf(one), this.rootOf(other));
  }

  add(thing: string, step: Step): void {
    this.steps.push({ thing, step });
  }

  all(): Step[][] {
    const lanes = new Map<string, Step[]>();
    for (const { thing, step } of this.steps) {
      const root = this.rootOf(thing);
      const lane = lanes.get(root);
      if (lane == null) lanes.set(root, [step]);
      else lane.push(step);
    }
    return [...lanes.values()];
  }

  private rootOf(thing: string): string {
    let root = thing;
    for (
      let parent = this.parents.get(root);
      parent != null && parent !== root;
      parent = this.parents.get(root)
    ) {
      root = parent;
    }
    // Shorten the way for the next look-up.
    if (root !== thing) this.parents.set(thing, root);
    return root;
  }
}
