package dev.signalbox.server.templates;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Violations;
import dev.signalbox.templates.MessageTemplate;
import dev.signalbox.templates.MessageTemplate.Rendered;
import dev.signalbox.templates.TemplateException;
import dev.signalbox.templates.TemplateStore;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which template is wanted, and with what: {@code locale}, {@code version} and {@code variables} of a JSON object.
 *
 * @param variables maps, lists, texts, numbers and truth values
 */
record TemplateRequest(String locale, OptionalInt version, Map<String, Object> variables) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Object>> VARIABLES = new TypeReference<>() {};

    /** A template with what became of it. */
    record Filled(MessageTemplate template, Rendered rendered) {}

    static TemplateRequest read(JsonFields fields) {
        Optional<Integer> version = fields.integer("version");
        fields.violations()
                .check(version.filter(number -> number < 1).isEmpty(), fields.shown("version"), "must be 1 or more");
        Map<String, Object> variables = fields.object("variables")
                .map(object -> JSON.convertValue(object, VARIABLES))
                .orElse(Map.of());
        return new TemplateRequest(
                fields.text("locale").orElse(""),
                version.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                variables);
    }

    /** Fills it in; empty after a violation. */
    Optional<Filled> fill(TemplateStore store, String name, String channel, String field, Violations violations) {
        Optional<MessageTemplate> template = store.find(name, channel, locale, version);
        violations.check(template.isPresent(), field, "is not one: " + missing(name, channel));
        return template.flatMap(found -> {
            try {
                return Optional.of(new Filled(found, found.render(variables)));
            } catch (TemplateException wrong) {
                violations.add(field, "cannot be filled in: " + FailureText.of(wrong));
                return Optional.empty();
            }
        });
    }

    private String missing(String name, String channel) {
        return "there is no template '" + name + "'"
                + (channel.isEmpty() ? " for every channel" : " for the channel " + channel)
                + (locale.isEmpty() ? "" : " in " + locale + " or without a language")
                + (version.isPresent() ? " of version " + version.getAsInt() : "");
    }
}
