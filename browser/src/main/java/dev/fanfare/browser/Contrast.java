package dev.fanfare.browser;

import java.io.IOException;

/// How well a page's texts can be told from what they stand on (WCAG 2.2, 1.4.3).
public final class Contrast {
    private static final String LOWEST = """
            Math.min(...[...document.querySelectorAll('body *')]
              .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
                && one.checkVisibility() && !(one instanceof SVGElement) && !one.matches(':disabled, option'))
              .map(one => {
                const light = (color) => {
                  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
                  const [r, g, b] = color.match(/[\\d.]+/g).map((value) => part(value / 255));
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                let ground = one;
                while (ground.parentElement && /, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) {
                  ground = ground.parentElement;
                }
                const [text, behind] = [getComputedStyle(one).color, getComputedStyle(ground).backgroundColor].map(light);
                return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
              }))
            """;

    private Contrast() {}

    /// The lowest of all texts that are to be seen, but for those of what cannot be used now, which may be faint.
    public static double lowest(Browser browser) throws IOException {
        return Double.parseDouble(browser.evaluate(LOWEST));
    }
}
