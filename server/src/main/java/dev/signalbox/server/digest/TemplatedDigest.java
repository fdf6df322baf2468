package dev.signalbox.server.digest;

import dev.signalbox.delivery.digest.Digest;
import dev.signalbox.delivery.digest.DigestComposer;
import dev.signalbox.delivery.digest.DigestException;
import dev.signalbox.delivery.digest.DigestItem;
import dev.signalbox.server.node.MessagePreparation;
import dev.signalbox.server.rest.Violations;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fills in the template that messages name in their header {@code digest-template}: {@code count}, and for each of {@code items}
 * its {@code body} and {@code subject}. Without that header, messages stand one below the other. Thread-safe.
 *
 * @param preparation what fills in templates, once the node has started
 */
record TemplatedDigest(Supplier<MessagePreparation> preparation) implements DigestComposer {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUBJECT = "subject";

    @Override
    public Composed compose(Digest digest) {
        Composed plain = DigestComposer.plain().compose(digest);
        return digest.newest()
                .header("digest-template")
                .map(template -> filled(digest, template, plain.headers()))
                .orElse(plain);
    }

    private Composed filled(Digest digest, String template, Map<String, String> headers) {
        var violations = new Violations();
        JsonNode prepared = preparation.get().prepare(message(digest, template, headers), violations);
        if (!violations.all().isEmpty()) {
            throw new DigestException(violations.all().stream()
                    .map(wrong -> wrong.field() + " " + wrong.message())
                    .collect(Collectors.joining("; ")));
        }
        if (prepared.has("template")) {
            throw new DigestException(
                    "no feature of this server fills in templates; send messages without digest-template");
        }
        Map<String, String> made = new HashMap<>();
        prepared.path("headers")
                .propertyNames()
                .forEach(name ->
                        made.put(name, prepared.path("headers").path(name).asString()));
        return new Composed(prepared.path("body").asString(), made);
    }

    /** The template's subject takes the place of theirs. */
    private static ObjectNode message(Digest digest, String template, Map<String, String> headers) {
        ObjectNode message = JSON.createObjectNode().put("to", digest.to().toString());
        ObjectNode all = message.putObject("headers");
        headers.forEach((name, value) -> {
            if (!name.equalsIgnoreCase(SUBJECT)) {
                all.put(name, value);
            }
        });
        ObjectNode variables =
                message.putObject("template").put("name", template).putObject("variables");
        variables.put("count", digest.items().size());
        ArrayNode items = variables.putArray("items");
        digest.items().forEach(item -> describe(item, items.addObject()));
        return message;
    }

    private static void describe(DigestItem item, ObjectNode to) {
        to.put("body", item.body());
        item.header(SUBJECT).ifPresent(subject -> to.put(SUBJECT, subject));
    }
}
