package dev.signalbox.server.webhook;

import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookEndpoints.Draft;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.delivery.webhook.WebhookTargets;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads what callers write about endpoints, or tells everything that is wrong with it. Thread-safe. */
final class EndpointBody {
    private static final Set<String> DRAFT = Set.of("url", "id", "description", "kind", "secret");
    private static final Set<String> CHANGE = Set.of("url", "description");
    private static final Set<String> ROTATION = Set.of("overlap", "kind", "secret");
    private static final Set<String> REASON = Set.of("reason");
    private static final Duration USUAL_OVERLAP = Duration.ofHours(24);
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);
    private static final int LONGEST_REASON = 200;
    private static final String NO_CONTROLS = "must be at most 200 characters, without control characters";

    /** What is to be different. */
    record Change(Optional<URI> url, Optional<String> description) {}

    /** A new key, and how long the others sign beside it. */
    record Rotation(WebhookKey key, Duration overlap) {}

    private final WebhookTargets targets;
    private final ControlPlane.Bounds bounds;

    EndpointBody(WebhookTargets targets, ControlPlane.Bounds bounds) {
        this.targets = targets;
        this.bounds = bounds;
    }

    Draft draft(Request request) throws IOException {
        JsonFields fields = fields(RequestBody.declaredJson(request, bounds.maxBody()), DRAFT, "an endpoint");
        fields.violations().check(fields.has("url"), "url", "is required: where webhooks are posted");
        Optional<URI> url = url(fields);
        Optional<WebhookKey> key = key(fields, WebhookKey.Kind.SYMMETRIC);
        String description = description(fields).orElse("");
        String id = fields.text("id").orElseGet(() -> "ep-" + UUID.randomUUID());
        fields.violations()
                .check(
                        WebhookEndpoint.isId(id),
                        "id",
                        "must be 1 to 64 lower-case letters, digits, dots, hyphens and underscores, beginning with a"
                                + " letter or digit");
        refuseWrong(fields);
        return new Draft(id, url.orElseThrow(), description, key.orElseThrow());
    }

    Change change(Request request) throws IOException {
        JsonFields fields = fields(RequestBody.declaredJson(request, bounds.maxBody()), CHANGE, "a change");
        var change = new Change(url(fields), description(fields));
        refuseWrong(fields);
        return change;
    }

    /** @param usual the kind of the new key, where the caller does not say */
    Rotation rotation(Request request, WebhookKey.Kind usual) throws IOException {
        JsonFields fields = optional(request, ROTATION, "a rotation");
        Optional<Duration> overlap = read(
                fields,
                "overlap",
                text -> TimeText.duration(text)
                        .filter(time -> !time.isNegative() && time.compareTo(LONGEST_OVERLAP) <= 0)
                        .orElseThrow(IllegalArgumentException::new),
                "must be a time from 0s to 30d, such as 24h");
        Optional<WebhookKey> key = key(fields, usual);
        refuseWrong(fields);
        return new Rotation(key.orElseThrow(), overlap.orElse(USUAL_OVERLAP));
    }

    String reason(Request request) throws IOException {
        JsonFields fields = optional(request, REASON, "this request");
        Optional<String> reason = shortText(fields, "reason");
        refuseWrong(fields);
        return reason.filter(text -> !text.isBlank()).orElse("disabled by an operator");
    }

    private JsonFields optional(Request request, Set<String> known, String owner) throws IOException {
        JsonNode body =
                RequestBody.optionalJson(request, bounds.maxBody()).orElseGet(JsonNodeFactory.instance::objectNode);
        return fields(body, known, owner);
    }

    private static JsonFields fields(JsonNode body, Set<String> known, String owner) {
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        var fields = new JsonFields(body, "", violations);
        refuseWrong(fields);
        fields.refuseUnknown(known, owner);
        return fields;
    }

    private static void refuseWrong(JsonFields fields) {
        if (!fields.violations().all().isEmpty()) {
            throw Problems.invalid(fields.violations().all());
        }
    }

    private Optional<URI> url(JsonFields fields) {
        return fields.text("url").flatMap(text -> {
            try {
                return Optional.of(targets.check(text));
            } catch (IllegalArgumentException refused) {
                String reason = FailureText.of(refused);
                fields.violations().add("url", reason.startsWith("the URL ") ? reason.substring(8) : reason);
                return Optional.empty();
            }
        });
    }

    private static Optional<String> description(JsonFields fields) {
        return shortText(fields, "description");
    }

    private static Optional<String> shortText(JsonFields fields, String name) {
        Optional<String> text = fields.text(name);
        fields.violations()
                .check(
                        text.filter(each -> each.codePointCount(0, each.length()) > LONGEST_REASON
                                        || each.chars().anyMatch(Character::isISOControl))
                                .isEmpty(),
                        name,
                        NO_CONTROLS);
        return text;
    }

    /** A secret of the caller's own, or a new one. Empty after a violation. */
    private static Optional<WebhookKey> key(JsonFields fields, WebhookKey.Kind usual) {
        Optional<WebhookKey.Kind> kind = read(fields, "kind", EndpointBody::kind, "must be symmetric or ed25519");
        Optional<WebhookKey> given = read(
                fields,
                "secret",
                WebhookKey::parse,
                "must be whsec_ and 24 to 64 bytes in base64, or whsk_ and an Ed25519 key");
        fields.violations()
                .check(given.isEmpty() || !fields.has("kind"), "kind", "is that of the secret; give one of the two");
        return fields.has("secret") ? given : Optional.of(WebhookKey.generate(kind.orElse(usual)));
    }

    private static WebhookKey.Kind kind(String text) {
        return Arrays.stream(WebhookKey.Kind.values())
                .filter(kind -> Kind.written(kind).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new);
    }

    private static <T> Optional<T> read(JsonFields fields, String name, Function<String, T> reader, String mend) {
        return fields.text(name).flatMap(text -> {
            try {
                return Optional.of(reader.apply(text));
            } catch (IllegalArgumentException unreadable) {
                fields.violations().add(name, mend);
                return Optional.empty();
            }
        });
    }
}
