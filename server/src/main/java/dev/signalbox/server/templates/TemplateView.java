package dev.signalbox.server.templates;

import dev.signalbox.templates.MessageTemplate;
import dev.signalbox.templates.TemplateEngine;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A template as REST shows it. */
record TemplateView(
        String name,
        Optional<String> channel,
        Optional<String> locale,
        int version,
        String engine,
        Optional<String> subject,
        String body,
        boolean html,
        List<String> variables,
        Instant createdAt) {

    static TemplateView of(MessageTemplate template) {
        return new TemplateView(
                template.name(),
                Optional.of(template.channel()).filter(text -> !text.isEmpty()),
                Optional.of(template.locale()).filter(text -> !text.isEmpty()),
                template.version(),
                word(template.engine()),
                template.subject(),
                template.body(),
                template.html(),
                List.copyOf(template.variables()),
                template.createdAt());
    }

    /** As the field {@code engine} names it. */
    static String word(TemplateEngine engine) {
        return engine.name().toLowerCase(Locale.ROOT);
    }
}
