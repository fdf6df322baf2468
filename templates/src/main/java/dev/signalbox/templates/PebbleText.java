package dev.signalbox.templates;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.loader.StringLoader;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One Pebble template, compiled. Pebble alone would call methods of Java objects, load other templates, and work for as long as a
 * template says; here {@link PebbleRules} admits only what is listed, {@link PebbleMembers} reaches only what JSON has, and each
 * value, the result and the time have a bound. Immutable and thread-safe.
 */
final class PebbleText implements CompiledTemplate {
    /** How long one rendering may take. The templates that people write take less than a thousandth of it. */
    static final Duration LONGEST_TIME = Duration.ofSeconds(1);

    private static final PebbleEngine TEXT = engine(false);
    private static final PebbleEngine HTML = engine(true);

    private final PebbleTemplateImpl template;
    private final Set<String> variables;
    private final Locale locale;

    private PebbleText(PebbleTemplateImpl template, Set<String> variables, Locale locale) {
        this.template = template;
        this.variables = variables;
        this.locale = locale;
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
            return new PebbleText(template, new PebbleRules().apply(template.getRootNode()), Locale.forLanguageTag(locale));
        } catch (PebbleException wrong) {
            throw new TemplateException(wrong.getPebbleMessage() + line(wrong), wrong);
        } catch (StackOverflowError deep) {
            throw tooDeep(deep);
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
            RenderingTime.limited(LONGEST_TIME, () -> evaluate(text, values));
        } catch (AttributeNotFoundException missing) {
            throw new TemplateException("variable '" + missing.getAttributeName() + "' is missing" + line(missing), missing);
        } catch (PebbleException failed) {
            throw failed.getCause() instanceof TemplateException own
                    ? own
                    : new TemplateException(failed.getPebbleMessage() + line(failed), failed);
        } catch (StackOverflowError deep) {
            throw tooDeep(deep);
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

    private static TemplateException tooDeep(StackOverflowError deep) {
        return new TemplateException("it is nested too deeply", deep);
    }

    private static String line(PebbleException failure) {
        Integer line = failure.getLineNumber();
        return line == null ? "" : " (line " + line + ")";
    }
}
