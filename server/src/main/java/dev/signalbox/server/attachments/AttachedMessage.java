package dev.signalbox.server.attachments;

import dev.signalbox.delivery.attachments.Attachments;
import dev.signalbox.server.node.MessagePreparation;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violations;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks that the files that a message names are there, and keeps them for it: the field {@code attachments} becomes a header of
 * that name, with which the message is stored. Thread-safe.
 *
 * @param before prepares the message first
 */
record AttachedMessage(Attachments files, MessagePreparation before) implements MessagePreparation {
    private static final String FIELD = "attachments";
    private static final int MOST = 20;

    @Override
    public JsonNode prepare(JsonNode message, Violations violations) {
        JsonNode prepared = before.prepare(message, violations);
        if (!(prepared instanceof ObjectNode written) || !prepared.has(FIELD)) {
            return prepared;
        }
        ObjectNode attached = written.deepCopy();
        attached.remove(FIELD);
        Set<UUID> ids = ids(new JsonFields(prepared, "", violations));
        requireThere(ids, violations);
        put(attached, ids, violations);
        return attached;
    }

    private static Set<UUID> ids(JsonFields fields) {
        var ids = new LinkedHashSet<UUID>();
        Optional<JsonNode> list = fields.array(FIELD);
        list.ifPresent(array -> {
            List<Optional<UUID>> read = new ArrayList<>();
            array.values().stream().limit(MOST).forEach(node -> read.add(UuidText.parse(node.asString(""))));
            boolean valid =
                    !array.isEmpty() && array.size() <= MOST && read.stream().allMatch(Optional::isPresent);
            fields.violations()
                    .check(valid, fields.shown(FIELD), "must be 1 to " + MOST + " ids of files that were uploaded");
            if (valid) {
                read.forEach(id -> id.ifPresent(ids::add));
            }
        });
        return ids;
    }

    private void requireThere(Set<UUID> ids, Violations violations) {
        Set<UUID> missing = new LinkedHashSet<>(ids);
        missing.removeAll(Set.copyOf(files.use(ids)));
        missing.forEach(id -> violations.add(FIELD, "names " + id + ", which is not there, or not any more"));
    }

    private static void put(ObjectNode message, Set<UUID> ids, Violations violations) {
        if (!message.path("headers").isMissingNode() && !message.path("headers").isObject()) {
            return; // It is refused when it is read.
        }
        ObjectNode headers = message.withObject("/headers");
        violations.check(
                headers.propertyNames().stream().noneMatch(FIELD::equalsIgnoreCase),
                "headers." + FIELD,
                "is made of the field attachments; leave it out");
        headers.put(FIELD, ids.stream().map(UUID::toString).collect(Collectors.joining(" ")));
    }
}
