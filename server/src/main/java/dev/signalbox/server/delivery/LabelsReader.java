package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Reads the tags and the metadata of a message; notes what is wrong with them. Used once, by one thread. */
record LabelsReader(JsonFields fields) {
    private static final int MOST_TAGS = 16;

    /** More names are not looked at. */
    private static final int MOST_NAMES = 100;

    Labels read() {
        Set<String> tags = tags();
        Map<String, String> metadata = metadata();
        Labels labels = checked("tags", () -> Labels.NONE.withTags(tags));
        return checked("metadata", () -> labels.withMetadata(metadata));
    }

    @FunctionalInterface
    private interface Made {
        Labels get();
    }

    private Labels checked(String field, Made made) {
        try {
            return made.get();
        } catch (IllegalArgumentException wrong) {
            fields.violations().add(field, FailureText.of(wrong));
            return Labels.NONE;
        }
    }

    private Set<String> tags() {
        Set<String> tags = new TreeSet<>();
        List<JsonNode> given =
                fields.array("tags").map(array -> List.copyOf(array.values())).orElse(List.of());
        fields.violations().check(given.size() <= MOST_TAGS, "tags", "are more than " + MOST_TAGS);
        for (int i = 0; i < Math.min(given.size(), MOST_TAGS); i++) {
            fields.violations().check(given.get(i).isString(), "tags[" + i + "]", "must be a string");
            if (given.get(i).isString()) {
                tags.add(given.get(i).stringValue());
            }
        }
        return tags;
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        fields.object("metadata").ifPresent(object -> {
            var named = new JsonFields(object, "metadata.", fields.violations());
            object.propertyNames().stream()
                    .limit(MOST_NAMES)
                    .forEach(name -> named.text(name).ifPresent(value -> metadata.put(name, value)));
        });
        return metadata;
    }
}
