/** Tells the page's styles how high an element is, as a custom property such as `--tray`, so that others can stand above it. */
export function measured(name: `--${string}`) {
  return (element: HTMLElement) => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty(name, `calc(${element.offsetHeight}px + var(--space-8))`),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty(name);
    };
  };
}
