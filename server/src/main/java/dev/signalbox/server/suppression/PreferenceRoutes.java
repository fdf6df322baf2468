package dev.signalbox.server.suppression;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Preference;
import dev.signalbox.delivery.suppression.Preferences;
import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Shows, enters and removes what recipients want. Thread-safe. */
final class PreferenceRoutes {
    private static final String ALL = "/api/preferences";
    private static final Set<String> FIELDS = Set.of("recipient", "category", "channel", "wanted");

    private final Preferences preferences;
    private final ControlPlane.Bounds bounds;

    PreferenceRoutes(Preferences preferences, ControlPlane.Bounds bounds) {
        this.preferences = preferences;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list),
                Route.post(ALL, Role.ADMIN, this::put),
                Route.delete(ALL, Role.ADMIN, this::remove));
    }

    /** A preference as REST shows it. */
    private record View(
            String recipient,
            Optional<String> category,
            Optional<String> channel,
            boolean wanted,
            String source,
            Instant since) {
        static View of(Preference preference) {
            return new View(
                    preference.recipient(),
                    preference.category(),
                    preference.channel().map(Channel::name),
                    preference.wanted(),
                    preference.source(),
                    preference.since());
        }
    }

    private record Listing(List<View> items) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("recipient"));
        Preference whose = subject(query, query.violations(), "REST");
        query.refuseWrong();
        Json.send(
                response,
                new Listing(preferences.list(whose.recipient()).stream()
                        .map(View::of)
                        .toList()));
    }

    private void put(Request request, Response response) throws IOException {
        JsonNode body = RequestBody.declaredJson(request, bounds.maxBody());
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(FIELDS, "a preference");
        Preference subject = subject(fields, violations, SuppressionBody.source(request));
        violations.check(fields.has("wanted"), "wanted", "is required: true or false");
        boolean wanted = fields.flag("wanted").orElse(false);
        refuseWrong(violations);
        Json.send(response, View.of(stored(subject.withWanted(wanted))));
    }

    private Preference stored(Preference preference) {
        try {
            return preferences.put(preference);
        } catch (IllegalArgumentException tooMany) {
            throw new Problem(409, FailureText.of(tooMany));
        }
    }

    private record Removed(int removed) {}

    private void remove(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("recipient", "category", "channel"));
        Preference which = subject(query, query.violations(), "REST");
        query.refuseWrong();
        Json.send(response, new Removed(preferences.remove(which.recipient(), which.category(), which.channel())));
    }

    /** Whose preference it is and what it is about. */
    private static Preference subject(Fields fields, Violations violations, String source) {
        violations.check(
                fields.has("recipient"),
                "recipient",
                "is required: a name such as alice, or an address such as email:alice@example.com");
        Optional<String> category = fields.text("category");
        violations.check(category.map(Suppression::isCategory).orElse(true), "category", SuppressionBody.CATEGORY_FORM);
        return Preference.of(recipient(fields, violations), true, source)
                .withCategory(category.filter(Suppression::isCategory))
                .withChannel(channel(fields, violations));
    }

    private static String recipient(Fields fields, Violations violations) {
        String text = fields.text("recipient").orElse("");
        try {
            return text.isEmpty() ? "-" : Preference.of(text, true, "REST").recipient();
        } catch (IllegalArgumentException wrong) {
            violations.add("recipient", FailureText.of(wrong).substring("recipient ".length()));
            return "-";
        }
    }

    private static Optional<Channel> channel(Fields fields, Violations violations) {
        try {
            return fields.text("channel").map(Channel::new);
        } catch (IllegalArgumentException noName) {
            violations.add("channel", "must be a channel such as email or sms");
            return Optional.empty();
        }
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
