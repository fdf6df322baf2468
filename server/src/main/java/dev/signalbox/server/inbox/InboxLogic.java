package dev.signalbox.server.inbox;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.inbox.Inboxes;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Violation;
import dev.signalbox.server.rest.Violations;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The logic {@code inbox}: a client asks it, in JSON, to {@code list} its own inbox or to {@code mark} items there; docs/inbox.md
 * has the fields. Thread-safe.
 */
final class InboxLogic {
    static final String NAME = "inbox";

    private static final Logger LOG = LoggerFactory.getLogger(InboxLogic.class);

    private final Inboxes inboxes;

    InboxLogic(Inboxes inboxes) {
        this.inboxes = inboxes;
    }

    /** To be added to a router under its {@link #NAME}. */
    Logic logic() {
        return Logic.dispatched((message, context) -> context.reply(message, Payload.text(answer(message))));
    }

    private String answer(Message message) {
        try {
            return Json.text(done(message));
        } catch (IllegalArgumentException e) {
            return failed("refused", FailureText.of(e));
        } catch (DatabaseException e) {
            LOG.warn("the inbox of a client could not be used", e);
            return failed("unavailable", "the database of the inboxes is away; try again later");
        }
    }

    private static String failed(String code, String message) {
        return Json.text(Map.of("error", code, "message", message));
    }

    private Object done(Message message) {
        String client = message.origin()
                .map(Address.Session::user)
                .orElseThrow(() -> new IllegalArgumentException("only clients have an inbox here; code uses REST"));
        JsonNode wish = json(message.payload());
        var violations = new Violations();
        if (wish.path("list").isObject()) {
            var fields = new JsonFields(wish.path("list"), "list.", violations);
            fields.refuseUnknown(InboxQuery.FIELDS, "a list");
            InboxQuery query = InboxQuery.read(fields, violations);
            refuseWrong(violations);
            return query.of(inboxes, client);
        }
        if (wish.path("mark").isObject()) {
            InboxMark mark = InboxMark.read(new JsonFields(wish.path("mark"), "mark.", violations));
            refuseWrong(violations);
            return mark.applyTo(inboxes, client);
        }
        throw new IllegalArgumentException("send {\"list\": {}} or {\"mark\": {\"ids\": [ID], \"state\": \"READ\"}}");
    }

    private static JsonNode json(Payload payload) {
        if (!(payload instanceof Payload.Text text)) {
            throw new IllegalArgumentException("the payload is not text");
        }
        try {
            return Json.read(text.value());
        } catch (Json.Malformed e) {
            throw new IllegalArgumentException("the payload is not JSON: " + FailureText.of(e), e);
        }
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw new IllegalArgumentException(
                    violations.all().stream().map(InboxLogic::words).collect(Collectors.joining("; ")));
        }
    }

    private static String words(Violation violation) {
        return (violation.field() + " " + violation.message()).strip();
    }
}
