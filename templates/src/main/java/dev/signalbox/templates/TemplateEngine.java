package dev.signalbox.templates;

/** What a template is written in. */
public enum TemplateEngine {
    /** Variables and sections, without any logic: for everybody. */
    MUSTACHE {
        @Override
        CompiledTemplate compile(String source, boolean html, String locale) {
            return TemplateText.of(source, html);
        }
    },

    /**
     * Conditions, comparisons, arithmetic, loops and filters, such as for dates and amounts in the template's language: for
     * operators. What is not on its list of tags, operators and filters is refused when a template is saved.
     */
    PEBBLE {
        @Override
        CompiledTemplate compile(String source, boolean html, String locale) {
            return PebbleText.of(source, html, locale);
        }
    };

    /**
     * Compiles one.
     *
     * @param locale a language tag, or empty
     * @throws TemplateException if it is no template, naming the line
     */
    abstract CompiledTemplate compile(String source, boolean html, String locale);
}
