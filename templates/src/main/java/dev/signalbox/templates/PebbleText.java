package dev.signalbox.templates;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.loader.StringLoader;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One Pebble template, compiled. Pebble alone would call methods of Java objects, load other templates, and work for as long as a
 * template says; here {@link PebbleRules} admits only what is listed, {@link PebbleMembers} reaches only what JSON has, and each
 * value, the result and the steps have a bound. Immutable and thread-safe.
 */
final class PebbleText implements CompiledTemplate {
    private static final PebbleEngine TEXT = engine(false);
    private static final PebbleEngine HTML = engine(true);

    private final PebbleTemplateImpl template;
    private final Set<String> variables;
    private final Locale locale;
    private final int length;

    private PebbleText(PebbleTemplateImpl template, Set<String> variables, Locale locale, int length) {
        this.template = template;
        this.variables = variables;
        this.locale = locale;
        this.length = length;
    }

    /** The loader of strings takes the place of the usual ones, which read files and the class path. */
    private static PebbleEngine engine(boolean html) {
        return new PebbleEngine.Builder()
                .loader(new StringLoader())
                .registerExtensionCustomizer(PebbleMembers::new)
                .extension(new PebbleLoops())
                .strictVariables(true)
                .newLineTrimming(false)
                .cacheActive(false)
                .autoEscaping(html)
                .build();
    }

    /**
     * Compiles a template.
     *
     * @param html whether what is printed is escaped for HTML, unless the filter {@code raw} says otherwise
     * @param locale a language tag for dates and numbers, or empty
     * @throws TemplateException if it is too long, is no template, or uses what is not on the list, naming the line
     */
    static PebbleText of(String source, boolean html, String locale) {
        TemplateText.requireSource(source);
        try {
            var template = (PebbleTemplateImpl) (html ? HTML : TEXT).getLiteralTemplate(source);
            return new PebbleText(
                    template,
                    new PebbleRules().apply(template.getRootNode()),
                    Locale.forLanguageTag(locale),
                    source.length());
        } catch (RuntimeException | StackOverflowError wrong) {
            throw explained(wrong);
        }
    }

    @Override
    public Set<String> variables() {
        return new TreeSet<>(variables);
    }

    @Override
    public String render(Map<String, ?> values) {
        var text = new BoundedText(TemplateText.LONGEST_RESULT);
        try {
            RenderingSteps.counted(length, () -> evaluate(text, values));
        } catch (RuntimeException | StackOverflowError failed) {
            throw explained(failed);
        }
        return text.toString();
    }

    private void evaluate(BoundedText text, Map<String, ?> values) {
        try {
            template.evaluate(text, new HashMap<>(values), locale);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a text in memory cannot fail", impossible);
        }
    }

    /**
     * In words for the one who wrote it. Pebble lets exceptions of what it calls through, such as of a number that is too long or of
     * a division by zero; all of them speak of the template or its variables.
     */
    private static TemplateException explained(Throwable failure) {
        return switch (within(failure)) {
            case TemplateException own -> own;
            case AttributeNotFoundException missing ->
                new TemplateException(
                        "variable '" + missing.getAttributeName() + "' is missing" + line(missing), missing);
            case PebbleException pebble -> new TemplateException(pebble.getPebbleMessage() + line(pebble), pebble);
            case StackOverflowError deep -> new TemplateException("it is nested too deeply", deep);
            default -> new TemplateException("it cannot be made: " + failure.getMessage(), failure);
        };
    }

    /** What was thrown first, if it says what is wrong: Pebble wraps it once for each expression around it. */
    private static Throwable within(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof TemplateException || each instanceof AttributeNotFoundException) {
                return each;
            }
        }
        return failure;
    }

    private static String line(PebbleException failure) {
        Integer line = failure.getLineNumber();
        return line == null ? "" : " (line " + line + ")";
    }
}
