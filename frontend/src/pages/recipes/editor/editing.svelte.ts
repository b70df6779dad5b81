/** The recipe that is being edited: its form, its document, and what has changed since it was saved. */

import { type RecipeDocument, recipeIn } from "../recipe";
import { check } from "./check";
import type { RecipeSpec } from "./fields";
import { formOf, nextId, operationForm, type RecipeForm, recipeOf, type VariantForm, variantForm } from "./form";
import { labelOf, STARTS } from "./labels";
import type { Note } from "./notes";
import { moved } from "./sortable";

export class Editing {
  readonly spec: RecipeSpec;
  form = $state<RecipeForm>() as RecipeForm;
  /** Place of the variant that is shown. */
  chosen = $state(0);
  /** Id of the operation that is open, or null. */
  open = $state<number | null>(null);
  #saved = $state.raw<RecipeDocument>() as RecipeDocument;

  readonly variant: VariantForm | undefined = $derived(this.form.variants[this.chosen]);
  readonly document: RecipeDocument = $derived.by(() => recipeOf(this.spec, $state.snapshot(this.form) as RecipeForm));
  readonly text: string = $derived(JSON.stringify(this.document));
  /** Faults that show without a request. */
  readonly faults: readonly Note[] = $derived.by(() => check(this.spec, this.form));
  readonly isChanged: boolean = $derived(this.text !== JSON.stringify(this.#saved));

  /** Throws Unknown if the recipe has what this page does not know. */
  constructor(spec: RecipeSpec, recipe: RecipeDocument) {
    this.spec = spec;
    this.replace(recipe);
    this.saved();
    this.open = this.variant?.operations[0]?.id ?? null;
  }

  /** Note that what is here is saved. */
  saved(): void {
    this.#saved = this.document;
  }

  /** Show another recipe in place of this one. Throws Unknown. */
  replace(recipe: RecipeDocument): void {
    this.form = formOf(this.spec, recipeIn(recipe));
    this.choose(Math.min(this.chosen, Math.max(0, this.form.variants.length - 1)));
  }

  discard(): void {
    this.replace(this.#saved);
  }

  choose(index: number): void {
    this.chosen = index;
    this.open = null;
  }

  addVariant(): void {
    this.#insert(this.form.variants.length, variantForm(this.spec, { name: this.#freeName("variant") }));
  }

  duplicateVariant(): void {
    if (!this.variant) return;
    const copy = structuredClone($state.snapshot(this.variant)) as VariantForm;
    copy.id = nextId();
    for (const operation of copy.operations) operation.id = nextId();
    copy.values.name = this.#freeName(String(copy.values.name));
    copy.values.folder = null;
    this.#insert(this.chosen + 1, copy);
  }

  /** Remove the variant that is shown. Returns what puts it back. */
  removeVariant(): () => void {
    const index = this.chosen;
    const removed = this.form.variants.splice(index, 1);
    this.choose(Math.max(0, Math.min(index, this.form.variants.length - 1)));
    return () => {
      this.form.variants.splice(index, 0, ...removed);
      this.choose(index);
    };
  }

  moveVariant(from: number, to: number): void {
    const id = this.variant?.id;
    this.form.variants = moved(this.form.variants, from, to);
    this.chosen = this.form.variants.findIndex((variant) => variant.id === id);
  }

  addOperation(op: string): void {
    const added = operationForm(this.spec, { op, ...STARTS[op] });
    this.variant?.operations.push(added);
    this.open = added.id;
  }

  /** Remove an operation of the variant that is shown. Returns what puts it back. */
  removeOperation(index: number): () => void {
    const variant = this.variant;
    const removed = variant?.operations.splice(index, 1) ?? [];
    return () => variant?.operations.splice(index, 0, ...removed);
  }

  moveOperation(from: number, to: number): void {
    if (this.variant) this.variant.operations = moved(this.variant.operations, from, to);
  }

  /** Name of an operation, for people. */
  labelOf(op: string): string {
    return this.spec.operations.get(op)?.label ?? labelOf(op);
  }

  #insert(index: number, variant: VariantForm): void {
    this.form.variants.splice(index, 0, variant);
    this.choose(index);
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.form.variants.map(({ values }) => values.name));
    const stem = wanted.replace(/-\d+$/, "");
    for (let number = taken.has(wanted) ? 2 : 1; ; number += 1) {
      const name = number === 1 ? wanted : `${stem}-${number}`;
      if (!taken.has(name)) return name;
    }
  }
}
