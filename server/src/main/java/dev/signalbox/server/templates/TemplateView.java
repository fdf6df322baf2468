package dev.signalbox.server.templates;

import dev.signalbox.templates.MessageTemplate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A template as REST shows it. */
record TemplateView(
        String name,
        Optional<String> channel,
        Optional<String> locale,
        int version,
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
                template.subject(),
                template.body(),
                template.html(),
                List.copyOf(template.variables()),
                template.createdAt());
    }
}
