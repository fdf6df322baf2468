package dev.signalbox.templates;

import ch.digitalfondue.mjml4j.Mjml4j;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the HTML of mail of <a href="https://mjml.io">MJML</a>. Variables of the template go through it as they are. The library
 * leaves out tags that it does not know; here they are refused, since the mail would lack what is in them.
 */
final class Mjml {
    private static final int MOST_TAGS = 2_000;
    private static final Pattern TAG = Pattern.compile("<(mj[a-z-]*)[\\s/>]");
    private static final Set<String> KNOWN = Set.of(
            "mjml",
            "mj-accordion",
            "mj-accordion-element",
            "mj-accordion-text",
            "mj-accordion-title",
            "mj-all",
            "mj-attributes",
            "mj-body",
            "mj-breakpoint",
            "mj-button",
            "mj-carousel",
            "mj-carousel-image",
            "mj-class",
            "mj-column",
            "mj-divider",
            "mj-font",
            "mj-group",
            "mj-head",
            "mj-hero",
            "mj-html-attribute",
            "mj-html-attributes",
            "mj-image",
            "mj-navbar",
            "mj-navbar-link",
            "mj-preview",
            "mj-raw",
            "mj-section",
            "mj-selector",
            "mj-social",
            "mj-social-element",
            "mj-spacer",
            "mj-style",
            "mj-table",
            "mj-text",
            "mj-title",
            "mj-wrapper");

    private Mjml() {}

    /**
     * Compiles.
     *
     * @param language for the document, such as de-at; empty if unknown
     * @throws TemplateException if it is no MJML, naming what is wrong
     */
    static String compile(String source, String language) {
        if (source.length() > TemplateText.LONGEST) {
            throw new TemplateException(
                    "it has " + source.length() + " characters; it must have 1 to " + TemplateText.LONGEST);
        }
        requireKnown(source);
        try {
            return Mjml4j.render(source, new Mjml4j.Configuration(language.isEmpty() ? "und" : language));
        } catch (RuntimeException | StackOverflowError failed) {
            throw new TemplateException("it is no MJML: " + failed.getMessage(), failed);
        }
    }

    private static void requireKnown(String source) {
        Matcher tags = TAG.matcher(source);
        boolean whole = false;
        for (int count = 0; tags.find(); count++) {
            if (count == MOST_TAGS) {
                throw new TemplateException("it has more than " + MOST_TAGS + " tags of MJML");
            }
            String tag = tags.group(1);
            if (!KNOWN.contains(tag)) {
                long line = 1
                        + source.substring(0, tags.start())
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                throw new TemplateException(
                        "<" + tag + "> is not a tag of MJML that is known here (line " + line + ")");
            }
            whole |= tag.equals("mjml");
        }
        if (!whole) {
            throw new TemplateException("it is no MJML: it has no <mjml>");
        }
    }
}
