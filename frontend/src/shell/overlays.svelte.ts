/** What is open over the page, by a key or a button. Their code is loaded when they open for the first time. */

class Overlays {
  isPaletteOpen = $state(false);
  areKeysOpen = $state(false);

  openPalette(): void {
    this.isPaletteOpen = true;
  }

  openKeys(): void {
    this.areKeysOpen = true;
  }

  /** Open the palette by Ctrl+K, from anywhere, also from a field. */
  start(): void {
    addEventListener("keydown", (event) => {
      const isShortcut =
        event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isShortcut || (document.querySelector("dialog[open]") && !this.isPaletteOpen)) return;
      event.preventDefault();
      this.isPaletteOpen = !this.isPaletteOpen;
    });
  }
}

export const overlays = new Overlays();
