package dev.signalbox.server.templates;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Violations;
import dev.signalbox.server.templates.TemplateRequest.Filled;
import dev.signalbox.templates.MessageTemplate;
import dev.signalbox.templates.TemplateEngine;
import dev.signalbox.templates.TemplateException;
import dev.signalbox.templates.TemplateStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Saves templates, shows what they make, and removes them. Thread-safe. */
final class TemplateRoutes {
    private static final String ALL = "/api/templates";
    private static final String ONE = ALL + "/{name}";
    private static final Set<String> DRAFT =
            Set.of("name", "channel", "locale", "engine", "subject", "body", "html", "mjml");
    private static final int LONGEST_NAME = 64;
    private static final Set<String> PREVIEW = Set.of("channel", "locale", "version", "variables");

    private final TemplateStore store;
    private final ControlPlane.Bounds bounds;

    TemplateRoutes(TemplateStore store, ControlPlane.Bounds bounds) {
        this.store = store;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list),
                Route.post(ALL, Role.ADMIN, this::save),
                Route.read(ONE, this::show),
                Route.delete(ONE, Role.ADMIN, this::delete),
                Route.post(ONE + "/preview", Role.READER, this::preview));
    }

    private record Templates(List<TemplateView> items, Optional<String> next) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("after", "limit"));
        int limit = query.limit();
        String after = query.text("after").orElse("");
        boolean possible = after.indexOf('\0') < 0 && after.codePointCount(0, after.length()) <= LONGEST_NAME;
        query.violations().check(possible, "after", "must be next of the page before");
        query.refuseWrong();
        List<MessageTemplate> found = store.list(after, limit + 1);
        List<String> names =
                found.stream().map(MessageTemplate::name).distinct().toList();
        Optional<String> last = names.size() > limit ? Optional.of(names.get(limit - 1)) : Optional.empty();
        List<TemplateView> items = found.stream()
                .filter(template -> names.indexOf(template.name()) < limit)
                .map(TemplateView::of)
                .toList();
        Json.send(response, new Templates(items, last));
    }

    private void save(Request request, Response response) throws IOException {
        JsonFields fields = fields(request, DRAFT, "a template");
        Violations violations = fields.violations();
        violations.check(fields.has("name"), "name", "is required");
        violations.check(fields.has("body"), "body", "is required");
        String name = fields.text("name").orElse("");
        String channel = fields.text("channel").orElse("");
        String locale = fields.text("locale").orElse("").toLowerCase(Locale.ROOT);
        Optional<String> subject = fields.text("subject").filter(text -> !text.isEmpty());
        String body = fields.text("body").orElse("");
        boolean html = fields.flag("html").orElse(false);
        boolean mjml = fields.flag("mjml").orElse(false);
        violations.check(!html || !mjml, "mjml", "is given beside html; give one of the two");
        TemplateEngine engine = engine(fields);
        refuseWrong(violations);
        MessageTemplate saved = store.save(drafted(() -> mjml
                ? MessageTemplate.mjml(name, channel, locale, engine, subject, body)
                : MessageTemplate.draft(name, channel, locale, engine, subject, body, html)));
        response.header("Location", ALL + "/" + saved.name());
        Json.send(response, 201, TemplateView.of(saved));
    }

    /** Mustache, unless the field says otherwise. */
    private static TemplateEngine engine(JsonFields fields) {
        String wanted = fields.text("engine").orElse("mustache");
        for (TemplateEngine engine : TemplateEngine.values()) {
            if (TemplateView.word(engine).equals(wanted)) {
                return engine;
            }
        }
        fields.violations().add("engine", "must be mustache or pebble");
        return TemplateEngine.MUSTACHE;
    }

    private static MessageTemplate drafted(Supplier<MessageTemplate> draft) {
        try {
            return draft.get();
        } catch (TemplateException wrong) {
            throw new Problem(400, FailureText.of(wrong));
        }
    }

    private void show(Request request, Response response) throws IOException {
        String name = request.parameter("name");
        List<TemplateView> found = store.of(name).stream().map(TemplateView::of).toList();
        if (found.isEmpty()) {
            throw missing(name);
        }
        Json.send(response, new Templates(found, Optional.empty()));
    }

    private void delete(Request request, Response response) throws IOException {
        String name = request.parameter("name");
        if (!store.delete(name)) {
            throw missing(name);
        }
        response.status(204).send();
    }

    private record Preview(
            Optional<String> channel,
            Optional<String> locale,
            int version,
            Optional<String> subject,
            String body,
            boolean html) {}

    private void preview(Request request, Response response) throws IOException {
        String name = request.parameter("name");
        if (store.of(name).isEmpty()) {
            throw missing(name);
        }
        JsonFields fields = fields(request, PREVIEW, "a preview");
        TemplateRequest wanted = TemplateRequest.read(fields);
        String channel = fields.text("channel").orElse("");
        refuseWrong(fields.violations());
        Optional<Filled> filled = wanted.fill(store, name, channel, "template", fields.violations());
        refuseWrong(fields.violations());
        Json.send(response, preview(filled.orElseThrow()));
    }

    private static Preview preview(Filled filled) {
        TemplateView view = TemplateView.of(filled.template());
        return new Preview(
                view.channel(),
                view.locale(),
                view.version(),
                filled.rendered().subject(),
                filled.rendered().body(),
                filled.rendered().html());
    }

    private JsonFields fields(Request request, Set<String> known, String owner) throws IOException {
        JsonNode body = RequestBody.declaredJson(request, bounds.maxBody());
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(known, owner);
        return fields;
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }

    private static Problem missing(String name) {
        return new Problem(404, "there is no template " + name);
    }
}
