package dev.signalbox.server.topics;

import dev.signalbox.router.Address;
import dev.signalbox.server.rest.IdempotencyKey;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Violations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A message, where it is published, and the caller's own name for it. */
record NewPublication(Address.Topic topic, NewTopicMessage message, Optional<String> key) {
    private static final int MOST = 1_000;
    private static final Set<String> FIELDS = Stream.concat(NewTopicMessage.FIELDS.stream(), Stream.of("topic", "key"))
            .collect(Collectors.toUnmodifiableSet());

    static final String NO_TOPIC = "must be 1 to 128 of A-Z a-z 0-9 . _ ~ @ + : / = - for a topic";
    static final String KEY_OF_VOLATILE =
            "is not for a volatile message: nothing of it is kept to know a repetition by";

    /** One message to a topic. Throws a {@link Problem} that names everything that is wrong with it. */
    static NewPublication one(Request request, Address.Topic topic, JsonNode body) {
        Violations violations = new Violations();
        if (!body.isObject()) {
            throw new Problem(400, "a message is a JSON object with one of text, json and base64");
        }
        JsonFields fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(NewTopicMessage.FIELDS, "a message to a topic");
        Optional<String> key = IdempotencyKey.of(request);
        Optional<NewPublication> publication =
                NewTopicMessage.read(fields).map(message -> new NewPublication(topic, message, key));
        publication.ifPresent(read -> read.check(IdempotencyKey.HEADER, violations));
        refuse(violations);
        return publication.orElseThrow();
    }

    /** Several, each to its topic. Throws a {@link Problem} that names everything that is wrong with them. */
    static List<NewPublication> several(Request request, JsonNode body) {
        Violations violations = new Violations();
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MOST) {
            throw new Problem(400, "a request to publish is a JSON object with messages, an array of 1 to " + MOST);
        }
        new JsonFields(body, "", violations).refuseUnknown(Set.of("messages"), "a request to publish");
        List<NewPublication> publications = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            String name = "messages." + i;
            violations.check(messages.get(i).isObject(), name, "must be an object");
            read(request, new JsonFields(messages.get(i), name + ".", violations))
                    .ifPresent(publications::add);
        }
        refuse(violations);
        return publications;
    }

    private static Optional<NewPublication> read(Request request, JsonFields fields) {
        fields.refuseUnknown(FIELDS, "a message to a topic");
        Violations violations = fields.violations();
        violations.check(fields.has("topic"), fields.shown("topic"), "is required");
        Optional<Address.Topic> topic = fields.text("topic").flatMap(name -> topic(fields, name));
        Optional<String> key = fields.text("key").flatMap(name -> key(request, fields, name));
        Optional<NewPublication> publication = NewTopicMessage.read(fields)
                .flatMap(message -> topic.map(known -> new NewPublication(known, message, key)));
        publication.ifPresent(read -> read.check(fields.shown("key"), violations));
        return publication;
    }

    private static Optional<Address.Topic> topic(JsonFields fields, String name) {
        try {
            return Optional.of(Address.topic(name));
        } catch (IllegalArgumentException e) {
            fields.violations().add(fields.shown("topic"), NO_TOPIC);
            return Optional.empty();
        }
    }

    private static Optional<String> key(Request request, JsonFields fields, String name) {
        boolean isOne = IdempotencyKey.isOne(name);
        fields.violations()
                .check(isOne, fields.shown("key"), "must be 1 to 255 visible ASCII characters, such as a UUID");
        return isOne ? Optional.of(IdempotencyKey.of(request, name)) : Optional.empty();
    }

    private void check(String field, Violations violations) {
        violations.check(!message.isVolatile() || key.isEmpty(), field, KEY_OF_VOLATILE);
    }

    private static void refuse(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
