package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.Inboxes;
import dev.signalbox.router.Address;
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
import dev.signalbox.server.rest.Violation;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Lists inboxes and marks their items. Thread-safe. */
final class InboxRoutes {
    /** A recipient's name may have slashes; one that ends with {@code /marks} needs that one encoded. */
    private static final String INBOX = "/api/inboxes/{+recipient}";

    private final Inboxes inboxes;
    private final ControlPlane.Bounds bounds;

    InboxRoutes(Inboxes inboxes, ControlPlane.Bounds bounds) {
        this.inboxes = inboxes;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(Route.read(INBOX, this::list), Route.post(INBOX + "/marks", Role.SENDER, this::mark));
    }

    private void list(Request request, Response response) throws IOException {
        String recipient = recipient(request);
        Query query = new Query(request, InboxQuery.FIELDS);
        InboxQuery wanted = InboxQuery.read(query, query.violations());
        query.refuseWrong();
        Json.send(response, page(wanted, recipient));
    }

    private InboxItemView.Page page(InboxQuery wanted, String recipient) {
        try {
            return wanted.of(inboxes, recipient);
        } catch (IllegalArgumentException noPage) {
            throw new Problem(400, "after is not the end of a page; give next of the page before");
        }
    }

    private void mark(Request request, Response response) throws IOException {
        String recipient = recipient(request);
        JsonNode body = RequestBody.declaredJson(request, bounds.maxBody());
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        InboxMark mark = InboxMark.read(new JsonFields(body, "", violations));
        refuseWrong(violations);
        Json.send(response, mark.applyTo(inboxes, recipient));
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }

    private static String recipient(Request request) {
        try {
            return InboxTopics.name(
                    Address.client(request.parameter("recipient")).id());
        } catch (IllegalArgumentException e) {
            throw Problems.invalid(List.of(
                    new Violation("recipient", "must be 1 to 122 of A-Z a-z 0-9 . _ ~ @ + : / = - for an inbox")));
        }
    }
}
