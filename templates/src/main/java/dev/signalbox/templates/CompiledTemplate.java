package dev.signalbox.templates;

import java.util.Map;
import java.util.Set;

/** One text that is ready to be filled in. Immutable and thread-safe. */
interface CompiledTemplate {

    /** The names of the variables that it takes, sorted; of {@code a.b} that is {@code a}. */
    Set<String> variables();

    /**
     * Fills it in.
     *
     * @param values maps, lists, texts, numbers and truth values, as JSON has them
     * @throws TemplateException if a variable is missing, or a bound is exceeded
     */
    String render(Map<String, ?> values);
}
