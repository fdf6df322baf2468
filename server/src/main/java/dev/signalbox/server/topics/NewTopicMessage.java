package dev.signalbox.server.topics;

import dev.signalbox.router.Payload;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.JsonFields;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What is posted to a topic: one payload, headers, and whether it is only for those who subscribe now. */
record NewTopicMessage(Payload payload, Map<String, String> headers, boolean isVolatile) {
    static final Set<String> FIELDS = Set.of("text", "json", "base64", "headers", "volatile");

    /** Empty, with the fields' violations, if there is no such message in them. Fields that it does not know are not its business. */
    static Optional<NewTopicMessage> read(JsonFields fields) {
        Optional<Payload> payload = payload(fields);
        Map<String, String> headers = headers(fields);
        boolean isVolatile = fields.flag("volatile").orElse(false);
        return payload.map(known -> new NewTopicMessage(known, headers, isVolatile));
    }

    private static Optional<Payload> payload(JsonFields fields) {
        JsonNode object = fields.object();
        long given = Stream.of("text", "json", "base64").filter(object::has).count();
        if (given != 1) {
            fields.violations().add(fields.shown("text"), "or json, or base64: exactly one of them is needed");
            return Optional.empty();
        }
        if (object.has("json")) {
            return made("json", fields, () -> Payload.text(object.get("json").toString()));
        }
        return object.has("text")
                ? fields.text("text").flatMap(text -> made("text", fields, () -> Payload.text(text)))
                : fields.text("base64")
                        .flatMap(text -> made(
                                "base64",
                                fields,
                                () -> Payload.binary(Base64.getDecoder().decode(text))));
    }

    private static Optional<Payload> made(String field, JsonFields fields, Supplier<Payload> payload) {
        try {
            return Optional.of(payload.get());
        } catch (IllegalArgumentException e) {
            fields.violations().add(fields.shown(field), "is no text, or no Base64: " + FailureText.of(e));
            return Optional.empty();
        }
    }

    private static Map<String, String> headers(JsonFields fields) {
        Map<String, String> headers = new HashMap<>();
        fields.object("headers")
                .ifPresent(object -> object.properties().forEach(each -> {
                    if (each.getValue().isString()) {
                        headers.put(each.getKey(), each.getValue().stringValue());
                    } else {
                        fields.violations().add(fields.shown("headers." + each.getKey()), "must be a string");
                    }
                }));
        if (fields.object().has("json")) {
            headers.put("content-type", "application/json");
        }
        return headers;
    }
}
