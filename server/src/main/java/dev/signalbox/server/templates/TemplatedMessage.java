package dev.signalbox.server.templates;

import dev.signalbox.server.node.MessagePreparation;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Violations;
import dev.signalbox.templates.MessageTemplate.Rendered;
import dev.signalbox.templates.TemplateStore;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fills in the template that a message names, once, when it comes in: what is sent is on record, and later versions do not
 * change it. A message has one body for all of its steps, so one whose steps go over several channels takes a template that is
 * for every channel. Thread-safe.
 */
record TemplatedMessage(TemplateStore store) implements MessagePreparation {
    private static final Set<String> FIELDS = Set.of("name", "locale", "version", "variables");
    private static final Pattern CHANNEL = Pattern.compile("(?:^|\\s>\\s)\\s*([a-z][a-z0-9-]{0,15}):");

    @Override
    public JsonNode prepare(JsonNode message, Violations violations) {
        if (!(message instanceof ObjectNode written) || !message.has("template")) {
            return message;
        }
        var fields = new JsonFields(message, "", violations);
        violations.check(!fields.has("body"), "template", "is given beside a body; give one of the two");
        ObjectNode prepared = written.deepCopy();
        prepared.remove("template");
        prepared.put("body", "-");
        fields.object("template")
                .map(object -> new JsonFields(object, "template.", violations))
                .flatMap(template -> rendered(template, channel(message), violations))
                .ifPresent(rendered -> put(prepared, rendered));
        return prepared;
    }

    private Optional<Rendered> rendered(JsonFields template, String channel, Violations violations) {
        template.refuseUnknown(FIELDS, "a message's template");
        violations.check(template.has("name"), template.shown("name"), "is required");
        TemplateRequest request = TemplateRequest.read(template);
        return template.text("name")
                .filter(name -> !name.isEmpty())
                .flatMap(name -> request.fill(store, name, channel, template.shown("name"), violations))
                .map(TemplateRequest.Filled::rendered);
    }

    private static String channel(JsonNode message) {
        Set<String> channels = new HashSet<>();
        Matcher steps = CHANNEL.matcher(message.path("to").asString(""));
        while (steps.find()) {
            channels.add(steps.group(1));
        }
        for (JsonNode step : message.path("reach")) {
            Matcher to = CHANNEL.matcher(step.path("to").asString(""));
            channels.add(to.find() ? to.group(1) : "");
        }
        return channels.size() == 1 ? channels.iterator().next() : "";
    }

    /** The caller's own headers stay. */
    private static void put(ObjectNode prepared, Rendered rendered) {
        prepared.put("body", rendered.body());
        if (!prepared.path("headers").isMissingNode()
                && !prepared.path("headers").isObject()) {
            return; // It is refused when it is read.
        }
        ObjectNode headers = prepared.withObject("/headers");
        Set<String> given = new HashSet<>();
        headers.propertyNames().forEach(name -> given.add(name.toLowerCase(Locale.ROOT)));
        rendered.subject()
                .filter(text -> !text.isEmpty() && !given.contains("subject"))
                .ifPresent(text -> headers.put("subject", text));
        if (rendered.html() && !given.contains("content-type")) {
            headers.put("content-type", "text/html");
        }
    }
}
