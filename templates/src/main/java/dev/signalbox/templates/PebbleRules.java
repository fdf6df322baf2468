package dev.signalbox.templates;

import dev.signalbox.templates.BoundedValue.Kind;
import io.pebbletemplates.pebble.node.AbstractRenderableNode;
import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.IfNode;
import io.pebbletemplates.pebble.node.NamedArgumentNode;
import io.pebbletemplates.pebble.node.PositionalArgumentNode;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.node.TestInvocationExpression;
import io.pebbletemplates.pebble.node.TextNode;
import io.pebbletemplates.pebble.node.expression.AddExpression;
import io.pebbletemplates.pebble.node.expression.AndExpression;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.ConcatenateExpression;
import io.pebbletemplates.pebble.node.expression.ContainsExpression;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.DivideExpression;
import io.pebbletemplates.pebble.node.expression.EqualsExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.FilterExpression;
import io.pebbletemplates.pebble.node.expression.FilterInvocationExpression;
import io.pebbletemplates.pebble.node.expression.GetAttributeExpression;
import io.pebbletemplates.pebble.node.expression.GreaterThanEqualsExpression;
import io.pebbletemplates.pebble.node.expression.GreaterThanExpression;
import io.pebbletemplates.pebble.node.expression.LessThanEqualsExpression;
import io.pebbletemplates.pebble.node.expression.LessThanExpression;
import io.pebbletemplates.pebble.node.expression.LiteralBooleanExpression;
import io.pebbletemplates.pebble.node.expression.LiteralDoubleExpression;
import io.pebbletemplates.pebble.node.expression.LiteralIntegerExpression;
import io.pebbletemplates.pebble.node.expression.LiteralLongExpression;
import io.pebbletemplates.pebble.node.expression.LiteralNullExpression;
import io.pebbletemplates.pebble.node.expression.LiteralStringExpression;
import io.pebbletemplates.pebble.node.expression.ModulusExpression;
import io.pebbletemplates.pebble.node.expression.MultiplyExpression;
import io.pebbletemplates.pebble.node.expression.NotEqualsExpression;
import io.pebbletemplates.pebble.node.expression.OrExpression;
import io.pebbletemplates.pebble.node.expression.PositiveTestExpression;
import io.pebbletemplates.pebble.node.expression.SubtractExpression;
import io.pebbletemplates.pebble.node.expression.TernaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryMinusExpression;
import io.pebbletemplates.pebble.node.expression.UnaryNotExpression;
import io.pebbletemplates.pebble.node.expression.UnaryPlusExpression;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The allow-list of Pebble. Goes once over a template's tree: refuses each tag, operator, function and filter that is not named
 * here, gathers the variables, and puts a {@link BoundedValue} where a text could grow. For one template; not thread-safe.
 *
 * <p>Not on the list, and why: tags that load templates or define macros (recursion without end), {@code set} and literals of lists
 * (values that hold themselves many times over), {@code replace}, {@code format} and {@code range} (a short text that makes a
 * huge one), {@code split} and {@code sort}, and functions altogether.
 */
final class PebbleRules {
    /** The filters, with what they take. */
    private static final Map<String, Kind> FILTERS = Map.ofEntries(
            Map.entry("abbreviate", Kind.TEXT),
            Map.entry("abs", Kind.TEXT),
            Map.entry("capitalize", Kind.TEXT),
            Map.entry("date", Kind.TEXT),
            Map.entry("default", Kind.ANY),
            Map.entry("escape", Kind.TEXT),
            Map.entry("first", Kind.ANY),
            Map.entry("join", Kind.TEXTS),
            Map.entry("last", Kind.ANY),
            Map.entry("length", Kind.ANY),
            Map.entry("lower", Kind.TEXT),
            Map.entry("nl2br", Kind.TEXT),
            Map.entry("numberformat", Kind.TEXT),
            Map.entry("raw", Kind.TEXT),
            Map.entry("title", Kind.TEXT),
            Map.entry("trim", Kind.TEXT),
            Map.entry("upper", Kind.TEXT),
            Map.entry("urlencode", Kind.TEXT));

    private static final Set<String> TESTS = Set.of("defined", "empty", "even", "null", "odd");

    /** A separator of {@code join}, for instance, stands once for each element. */
    private static final int LONGEST_ARGUMENT = 200;

    private final Set<String> variables = new TreeSet<>();
    private final Deque<String> loops = new ArrayDeque<>();

    /** Applies them, and returns the names of the variables, sorted. */
    Set<String> apply(RenderableNode root) {
        node(root);
        return variables;
    }

    private void node(RenderableNode node) {
        switch (node) {
            case RootNode root -> node(root.getBody());
            case BodyNode body -> body.getChildren().forEach(this::node);
            case TextNode _ -> {}
            case PrintNode print -> print.setExpression(bounded(print.getExpression(), Kind.TEXT));
            case IfNode branches -> branches(branches);
            case ForNode loop -> loop(loop);
            default ->
                throw new TemplateException("the tag '" + tag(node) + "' may not be used here" + line(node)
                        + "; there are if, for and comments");
        }
    }

    private static String tag(RenderableNode node) {
        return node.getClass().getSimpleName().replaceAll("Node$", "").toLowerCase(Locale.ROOT);
    }

    private static String line(RenderableNode node) {
        return node instanceof AbstractRenderableNode at ? " (line " + at.getLineNumber() + ")" : "";
    }

    private void branches(IfNode branches) {
        branches.getConditionsWithBodies().forEach(branch -> {
            expression(branch.getLeft());
            node(branch.getRight());
        });
        orElse(branches.getElseBody());
    }

    private void loop(ForNode loop) {
        expression(loop.getIterable());
        loops.push(loop.getIterationVariable());
        node(loop.getBody());
        loops.pop();
        orElse(loop.getElseBody());
    }

    private void orElse(@Nullable BodyNode body) {
        if (body != null) {
            node(body);
        }
    }

    private BoundedValue bounded(Expression<?> expression, Kind kind) {
        expression(expression);
        return new BoundedValue(expression, kind);
    }

    private void expression(Expression<?> expression) {
        switch (expression) {
            case LiteralStringExpression _,
                    LiteralLongExpression _,
                    LiteralIntegerExpression _,
                    LiteralDoubleExpression _,
                    LiteralBooleanExpression _,
                    LiteralNullExpression _ -> {}
            case BoundedValue value -> expression(value.expression());
            case ContextVariableExpression variable -> variable(variable.getName());
            case GetAttributeExpression member -> member(member);
            case FilterExpression filter -> filter(filter);
            case PositiveTestExpression test -> test(test);
            case TernaryExpression choice -> {
                expression(choice.getExpression1());
                expression(choice.getExpression2());
                expression(choice.getExpression3());
            }
            case UnaryNotExpression not -> operand(not, Kind.ANY);
            case UnaryMinusExpression minus -> operand(minus, Kind.TEXT);
            case UnaryPlusExpression plus -> operand(plus, Kind.TEXT);
            case BinaryExpression<?> operator when makesValues(operator) -> operands(operator, Kind.TEXT);
            case BinaryExpression<?> operator when compares(operator) -> operands(operator, Kind.ANY);
            default -> throw refused(expression);
        }
    }

    private static boolean makesValues(BinaryExpression<?> operator) {
        return switch (operator) {
            case AddExpression _,
                    SubtractExpression _,
                    MultiplyExpression _,
                    DivideExpression _,
                    ModulusExpression _,
                    ConcatenateExpression _ -> true;
            default -> false;
        };
    }

    private static boolean compares(BinaryExpression<?> operator) {
        return switch (operator) {
            case AndExpression _,
                    OrExpression _,
                    EqualsExpression _,
                    NotEqualsExpression _,
                    GreaterThanExpression _,
                    GreaterThanEqualsExpression _,
                    LessThanExpression _,
                    LessThanEqualsExpression _,
                    ContainsExpression _ -> true;
            default -> false;
        };
    }

    private static TemplateException refused(Expression<?> expression) {
        String what = expression.getClass().getSimpleName().replaceAll("Expression$", "");
        return new TemplateException("what stands in line " + expression.getLineNumber() + " may not be used here ("
                + what + "); there are variables, their members, operators, tests and filters");
    }

    private void operand(UnaryExpression operator, Kind kind) {
        operator.setChildExpression(bounded(operator.getChildExpression(), kind));
    }

    private void operands(BinaryExpression<?> operator, Kind kind) {
        operator.setLeft(bounded(operator.getLeftExpression(), kind));
        operator.setRight(bounded(operator.getRightExpression(), kind));
    }

    private void variable(String name) {
        if (!loops.contains(name) && !(name.equals("loop") && !loops.isEmpty())) {
            variables.add(name);
        }
    }

    private void member(GetAttributeExpression member) {
        if (arguments(member.getArgumentsNode()).findAny().isPresent()) {
            throw refused(member);
        }
        expression(member.getNode());
        expression(member.getAttributeNameExpression());
    }

    private void test(PositiveTestExpression test) {
        var invocation = (TestInvocationExpression) test.getRightExpression();
        if (!TESTS.contains(invocation.getTestName())
                || arguments(invocation.getArgs()).findAny().isPresent()) {
            throw unknown("test", invocation.getTestName(), invocation.getLineNumber(), TESTS);
        }
        expression(test.getLeftExpression());
    }

    private void filter(FilterExpression filter) {
        var invocation = (FilterInvocationExpression) filter.getRightExpression();
        String name = invocation.getFilterName();
        Kind kind = FILTERS.get(name);
        if (kind == null) {
            throw unknown("filter", name, invocation.getLineNumber(), FILTERS.keySet());
        }
        filter.setLeft(bounded(filter.getLeftExpression(), kind));
        arguments(invocation.getArgs()).forEach(argument -> argument(name, argument));
    }

    private void argument(String filter, Expression<?> argument) {
        if (filter.equals("default")) {
            expression(argument);
        } else if (!isShortLiteral(argument)) {
            throw new TemplateException(
                    "the filter '" + filter + "' takes only numbers, and texts in quotes of at most " + LONGEST_ARGUMENT
                            + " characters (line " + argument.getLineNumber() + ")");
        }
    }

    private static boolean isShortLiteral(Expression<?> argument) {
        return switch (argument) {
            case LiteralStringExpression text -> text.getValue().length() <= LONGEST_ARGUMENT;
            case LiteralLongExpression _,
                    LiteralIntegerExpression _,
                    LiteralDoubleExpression _,
                    LiteralBooleanExpression _ -> true;
            default -> false;
        };
    }

    private static TemplateException unknown(String what, String name, int line, Collection<String> known) {
        return new TemplateException("there is no " + what + " '" + name + "' here (line " + line + "); there is "
                + String.join(", ", new TreeSet<>(known)));
    }

    /** Pebble leaves lists of arguments null where there are none. */
    private static Stream<Expression<?>> arguments(@Nullable ArgumentsNode node) {
        if (node == null) {
            return Stream.empty();
        }
        List<PositionalArgumentNode> positional = node.getPositionalArgs();
        List<NamedArgumentNode> named = node.getNamedArgs();
        return Stream.concat(
                Stream.ofNullable(positional).flatMap(List::stream).map(PositionalArgumentNode::getValueExpression),
                Stream.ofNullable(named).flatMap(List::stream).map(NamedArgumentNode::getValueExpression));
    }
}
