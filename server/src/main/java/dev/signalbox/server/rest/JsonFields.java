package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Suggestion;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The fields of a JSON object. One that is {@code null} is there, and of the wrong type: what is not meant is left out. */
public record JsonFields(JsonNode object, String prefix, Violations violations) implements Fields {

    /** Notes every field that is not known. */
    public void refuseUnknown(Set<String> known) {
        refuseUnknown(known, "a message");
    }

    /** Notes every field that is not known; {@code owner} is what the object describes. */
    public void refuseUnknown(Set<String> known, String owner) {
        object.propertyNames().stream()
                .filter(name -> !known.contains(name))
                .forEach(name ->
                        violations.add(shown(name), "is not a field of " + owner + Suggestion.phrase(name, known)));
    }

    @Override
    public String shown(String name) {
        return prefix + name;
    }

    @Override
    public boolean has(String name) {
        return present(name)
                .filter(node -> !node.isString() || !node.stringValue().isEmpty())
                .isPresent();
    }

    @Override
    public Optional<String> text(String name) {
        return present(name)
                .filter(node -> is(node.isString(), name, "must be a string"))
                .map(JsonNode::stringValue);
    }

    @Override
    public Optional<Integer> integer(String name) {
        return present(name)
                .filter(node ->
                        is(node.canConvertToExactIntegral() && node.canConvertToInt(), name, "must be a whole number"))
                .map(JsonNode::intValue);
    }

    public Optional<Boolean> flag(String name) {
        return present(name)
                .filter(node -> is(node.isBoolean(), name, "must be true or false"))
                .map(JsonNode::booleanValue);
    }

    public Optional<JsonNode> array(String name) {
        return present(name).filter(node -> is(node.isArray(), name, "must be an array"));
    }

    public Optional<JsonNode> object(String name) {
        return present(name).filter(node -> is(node.isObject(), name, "must be an object"));
    }

    private Optional<JsonNode> present(String name) {
        return Optional.ofNullable(object.get(name));
    }

    private boolean is(boolean holds, String name, String message) {
        violations.check(holds, shown(name), message);
        return holds;
    }
}
