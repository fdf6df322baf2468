package dev.signalbox.templates;

import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a Pebble template whose value is looked at before anything is made of it. Texts grow only by what takes texts, and
 * that takes none longer than a result may be: so the memory of a rendering is bounded, however its operators and filters are
 * put together.
 */
final class BoundedValue implements Expression<Object> {
    private final Expression<?> expression;
    private final Kind kind;

    /** What a value may be. */
    enum Kind {
        /** Anything. */
        ANY,
        /** A text, a number, a truth value or nothing. */
        TEXT,
        /** A list of such values, or one of them. */
        TEXTS,
        /** A list or an object, whose passes are counted. */
        LOOP
    }

    BoundedValue(Expression<?> expression, Kind kind) {
        this.expression = expression;
        this.kind = kind;
    }

    Expression<?> expression() {
        return expression;
    }

    @Override
    public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
        Object value = expression.evaluate(self, context);
        RenderingSteps.value(size(value));
        return switch (kind) {
            case ANY -> value;
            case TEXT -> requireShort(value, length(value));
            case TEXTS -> requireShort(value, value instanceof Collection<?> all ? lengthOfAll(all) : length(value));
            case LOOP -> passes(value);
        };
    }

    private static int size(@Nullable Object value) {
        return switch (value) {
            case String text -> text.length();
            case Collection<?> all -> all.size();
            case null, default -> 0;
        };
    }

    private @Nullable Object requireShort(@Nullable Object value, long length) {
        if (length > TemplateText.LONGEST_RESULT) {
            throw new TemplateException(
                    "a value has more than " + TemplateText.LONGEST_RESULT + " characters" + line());
        }
        return value;
    }

    /** One more for each, so that a list of empty texts is not endless. */
    private long lengthOfAll(Collection<?> values) {
        return values.stream().mapToLong(value -> length(value) + 1).sum();
    }

    private long length(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case String text -> text.length();
            case Number number -> number.toString().length();
            case Boolean _ -> 1;
            case SafeString escaped -> escaped.toString().length();
            default ->
                throw new TemplateException("a list or an object stands where a text belongs" + line()
                        + "; name one of its members, or loop over it");
        };
    }

    private @Nullable Object passes(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case List<?> list -> new Passes(list);
            case Map<?, ?> map -> new Passes(map.entrySet());
            default -> throw new TemplateException("what a loop goes over is not a list or an object" + line());
        };
    }

    private String line() {
        return " (line " + getLineNumber() + ")";
    }

    @Override
    public int getLineNumber() {
        return expression.getLineNumber();
    }

    @Override
    public void accept(NodeVisitor visitor) {
        expression.accept(visitor);
    }

    /** What a loop goes over. */
    private static final class Passes extends AbstractCollection<Object> {
        private final Collection<?> values;

        Passes(Collection<?> values) {
            this.values = values;
        }

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public Iterator<Object> iterator() {
            Iterator<?> all = values.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return all.hasNext();
                }

                @Override
                public Object next() {
                    RenderingSteps.pass();
                    return all.next();
                }
            };
        }
    }
}
