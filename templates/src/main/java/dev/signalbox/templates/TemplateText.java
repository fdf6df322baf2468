package dev.signalbox.templates;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One Mustache template, compiled: variables, sections, inverted sections and comments. It has no logic beyond that, reaches
 * nothing but the variables it is given, and includes no other templates, so that anyone may write one. Rendering is bounded in
 * steps and in length. Immutable and thread-safe.
 */
public final class TemplateText implements CompiledTemplate {
    /** The most characters of a template. */
    public static final int LONGEST = 64 * 1024;

    /** The most characters of what it makes. */
    public static final int LONGEST_RESULT = 64 * 1024;

    private final String source;
    private final boolean html;
    private final Set<String> variables;

    private TemplateText(String source, boolean html, Set<String> variables) {
        this.source = source;
        this.html = html;
        this.variables = variables;
    }

    /**
     * Compiles a template.
     *
     * @param html whether variables are escaped for HTML, but those in {@code {{{three}}}} braces
     * @throws TemplateException if it is too long or is no template, naming the line
     */
    public static TemplateText of(String source, boolean html) {
        requireSource(source);
        requireClosed(source);
        var names = new VariableNames();
        compile(source, html, new Variables()).visit(names);
        return new TemplateText(source, html, Set.copyOf(names.all()));
    }

    /** What holds for every template, whatever it is written in. */
    static void requireSource(String source) {
        if (source.isEmpty() || source.length() > LONGEST) {
            throw new TemplateException("it has " + source.length() + " characters; it must have 1 to " + LONGEST);
        }
        requireStorable(source);
    }

    /** Databases keep neither U+0000 nor half a surrogate pair. */
    private static void requireStorable(String source) {
        if (source.codePoints()
                .anyMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE))) {
            throw new TemplateException("it holds a character that is not valid Unicode text (U+0000 or half a pair)");
        }
    }

    /** The compiler would take it for text, and people would get it. */
    private static void requireClosed(String source) {
        int open = source.lastIndexOf("{{");
        if (open > source.lastIndexOf("}}")) {
            long line = source.substring(0, open).lines().count();
            throw new TemplateException("a tag is not closed (line " + Math.max(1, line) + ")");
        }
    }

    private static Template compile(String source, boolean html, Variables variables) {
        try {
            return Mustache.compiler()
                    .withEscaper(html ? Escapers.HTML : Escapers.NONE)
                    .withCollector(variables)
                    .withFormatter(variables)
                    .withLoader(name -> {
                        throw new TemplateException("it includes '" + name + "'; templates include no others");
                    })
                    .nullValue("")
                    .compile(source);
        } catch (MustacheException wrong) {
            throw new TemplateException(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    @Override
    public Set<String> variables() {
        return new TreeSet<>(variables);
    }

    @Override
    public String render(Map<String, ?> values) {
        var text = new BoundedText(LONGEST_RESULT);
        try {
            compile(source, html, new Variables()).execute(values, text);
        } catch (MustacheException failed) {
            throw why(failed);
        }
        return text.toString();
    }

    /** What of ours the engine has caught is told as it was. */
    private static TemplateException why(MustacheException failed) {
        if (failed.getCause() instanceof TemplateException own) {
            return own;
        }
        String words = failed instanceof MustacheException.Context missing
                ? "variable '" + missing.key + "' is missing (line " + missing.lineNo + ")"
                : String.valueOf(failed.getMessage());
        return new TemplateException(words, failed);
    }

    private static final class VariableNames implements Mustache.Visitor {
        private final Set<String> names = new TreeSet<>();

        Set<String> all() {
            return names;
        }

        private void add(String name) {
            if (!name.equals(".") && !name.equals("this") && !name.startsWith("-")) {
                int dot = name.indexOf('.');
                names.add(dot < 0 ? name : name.substring(0, dot));
            }
        }

        @Override
        public void visitText(String text) {}

        @Override
        public void visitVariable(String name) {
            add(name);
        }

        @Override
        public boolean visitInclude(String name) {
            throw new TemplateException("it includes '" + name + "'; templates include no others");
        }

        /** What is within a section may be a member of its elements. */
        @Override
        public boolean visitSection(String name) {
            add(name);
            return false;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            add(name);
            return true;
        }
    }
}
