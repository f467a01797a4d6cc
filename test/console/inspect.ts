/** Functions that run in the page. Playwright serializes each one, so they cannot use outer names. */

/** Controls without an accessible name. */
export function namelessControls(): string[] {
  const controls = document.querySelectorAll<HTMLElement>("button, a, input, select, textarea, summary");
  return [...controls]
    .filter((control) => {
      const labels = "labels" in control ? [...((control as HTMLInputElement).labels ?? [])] : [];
      const referred = (control.getAttribute("aria-labelledby") ?? "")
        .split(" ")
        .map((id) => document.getElementById(id));
      const names = [
        control.getAttribute("aria-label"),
        control.textContent,
        ...labels.map(({ textContent }) => textContent),
        ...referred.map((each) => each?.textContent),
      ];
      return names.every((name) => (name ?? "").trim() === "");
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 120));
}

/**
 * Texts whose contrast with their background is below a ratio, by
 * https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function faintTexts(least: number): string[] {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (canvas === null) return ["no canvas to read colours with"];
  const channels = (colour: string): number[] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return getComputedStyle(document.documentElement).backgroundColor;
    const colour = getComputedStyle(element).backgroundColor;
    return (channels(colour)[3] ?? 0) > 0 ? colour : behind(element.parentElement);
  };
  const hasText = (element: Element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "");
  return [...document.querySelectorAll("body *")]
    .filter(
      (element) => hasText(element) && element.checkVisibility() && !element.matches("script, :disabled"),
    )
    .flatMap((element) => {
      const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return ratio < least ? [`${ratio.toFixed(1)}: ${(element.textContent ?? "").trim().slice(0, 60)}`] : [];
    });
}
