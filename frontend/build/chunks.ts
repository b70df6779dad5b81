/**
 * Says which modules come in one file, instead of a dozen small ones: those that several files need, if the list of
 * jobs or the page of a job needs them.
 *
 * What only later parts share, such as fields of forms, stays out of it, so that these pages do not pay for it.
 */

interface Modules {
  getModuleInfo: (id: string) => { importers: readonly string[] } | null;
}

const FIRST = /\/src\/(?:main\.ts|pages\/jobs?\/Jobs?Page\.svelte)$/;

/** Parts of Svelte that only forms need. */
const FORMS = /\/svelte\/src\/internal\/client\/dom\/elements\/bindings\//;

/** Return the name of the file that a module belongs to, or null if it goes its own way. */
export function sharedFile(id: string, modules: Modules): string | null {
  if (FORMS.test(id)) return null;
  const known = new Set([id]);
  for (const module of known) {
    if (FIRST.test(module)) return "shared";
    for (const importer of modules.getModuleInfo(module)?.importers ?? []) known.add(importer);
  }
  return null;
}
