package dev.signalbox.server.suppression;

import dev.signalbox.delivery.queue.Step;
import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList.Selection;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.node.Channels;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads what callers write about entries, or tells everything that is wrong with it. Thread-safe. */
final class SuppressionBody {
    static final String CATEGORY_FORM =
            "must be 1 to 64 lower-case letters, digits, dots, hyphens and underscores, beginning with a letter or digit";

    private static final Set<String> ENTRY = Set.of("to", "category", "reason", "note");
    private static final String REASONS =
            Arrays.stream(Reason.values()).map(Kind::written).collect(Collectors.joining(", "));

    private final Channels channels;
    private final ControlPlane.Bounds bounds;

    SuppressionBody(Channels channels, ControlPlane.Bounds bounds) {
        this.channels = channels;
        this.bounds = bounds;
    }

    Suppression entry(Request request) throws IOException {
        JsonNode body = RequestBody.declaredJson(request, bounds.maxBody());
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(ENTRY, "a suppression");
        violations.check(fields.has("to"), "to", "is required: the recipient, such as email:alice@example.com");
        Optional<Step> to = to(fields, this::canonical, violations);
        Reason reason = reason(fields, violations).orElse(Reason.OPERATOR);
        Optional<String> category = category(fields, violations);
        Optional<String> note = fields.text("note");
        violations.check(
                note.map(text -> text.codePointCount(0, text.length())).orElse(0) <= Suppression.LONGEST_NOTE,
                "note",
                "must be at most " + Suppression.LONGEST_NOTE + " characters");
        refuseWrong(violations);
        Step address = to.orElseThrow();
        return Suppression.of(address.channel(), address.address(), reason, source(request))
                .withCategory(category)
                .withNote(note);
    }

    /** Which entries a query is about: all, or those of one recipient. */
    Selection selection(Query query) {
        Optional<Step> to = to(query, this::lenient, query.violations());
        Optional<String> category = category(query, query.violations());
        Optional<Reason> reason = reason(query, query.violations());
        Selection whose =
                to.map(step -> Selection.of(step.channel(), step.address())).orElse(Selection.ALL);
        return whose.withCategory(category).withReason(reason);
    }

    static String source(Request request) {
        return request.principal().map(Principal::name).orElse("REST");
    }

    private static Optional<Step> to(Fields fields, UnaryOperator<Step> form, Violations violations) {
        return fields.text("to").filter(text -> !text.isEmpty()).flatMap(text -> {
            try {
                return Optional.of(form.apply(Step.parse(text)));
            } catch (IllegalArgumentException wrong) {
                violations.add("to", FailureText.of(wrong));
                return Optional.empty();
            }
        });
    }

    /** On a channel that is not served here, addresses are taken as they are. */
    private Step canonical(Step step) {
        return channels.serves(step.channel())
                ? Step.to(step.channel(), channels.get(step.channel()).canonical(step.address()))
                : Step.to(step.channel(), step.address());
    }

    /** Entries about what does not exist any more, such as an endpoint, are still found and removed. */
    private Step lenient(Step step) {
        try {
            return canonical(step);
        } catch (IllegalArgumentException unknown) {
            return Step.to(step.channel(), step.address());
        }
    }

    private static Optional<String> category(Fields fields, Violations violations) {
        Optional<String> category = fields.text("category");
        violations.check(category.map(Suppression::isCategory).orElse(true), "category", CATEGORY_FORM);
        return category.filter(Suppression::isCategory);
    }

    private static Optional<Reason> reason(Fields fields, Violations violations) {
        Optional<String> text = fields.text("reason");
        Optional<Reason> reason = text.flatMap(word -> Arrays.stream(Reason.values())
                .filter(each -> Kind.written(each).equals(word))
                .findFirst());
        violations.check(text.isEmpty() || reason.isPresent(), "reason", "must be one of " + REASONS);
        return reason;
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
