package dev.signalbox.server.suppression;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.delivery.suppression.SuppressionList.Page;
import dev.signalbox.delivery.suppression.SuppressionList.Selection;
import dev.signalbox.mail.MailReport;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shows the list, and enters and removes addresses. Thread-safe. */
final class SuppressionRoutes {
    private static final String ALL = "/api/suppressions";
    private static final String REPORT_TYPE = "message/rfc822";

    /** What {@link MailReport} looks at. */
    private static final int LONGEST_REPORT = 1_000_000;

    private final SuppressionList list;
    private final SuppressionBody body;

    SuppressionRoutes(SuppressionList list, SuppressionBody body) {
        this.list = list;
        this.body = body;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list),
                Route.post(ALL, Role.ADMIN, this::add),
                Route.delete(ALL, Role.ADMIN, this::remove),
                Route.post(ALL + "/reports", Role.ADMIN, this::report));
    }

    private record Suppressions(List<SuppressionView> items, Optional<String> next) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("to", "category", "reason", "after", "limit"));
        int limit = query.limit();
        Selection selection = body.selection(query);
        query.refuseWrong();
        Page page = page(selection, query.text("after"), limit);
        Json.send(
                response,
                new Suppressions(page.items().stream().map(SuppressionView::of).toList(), page.next()));
    }

    private Page page(Selection selection, Optional<String> after, int limit) {
        try {
            return list.list(selection, after, limit);
        } catch (IllegalArgumentException noPage) {
            throw new Problem(400, "after is not the end of a page; give next of the page before");
        }
    }

    private record Added(String to, boolean added) {}

    private void add(Request request, Response response) throws IOException {
        Suppression entry = body.entry(request);
        boolean added = list.add(entry);
        Json.send(response, added ? 201 : 200, new Added(entry.channel() + ":" + entry.address(), added));
    }

    private record Removed(int removed) {}

    private void remove(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("to", "category", "reason"));
        Selection selection = body.selection(query);
        query.violations().check(query.has("to"), "to", "is required: whose entries are removed");
        query.refuseWrong();
        Json.send(response, new Removed(list.remove(selection)));
    }

    private record Reported(String kind, List<String> suppressed) {}

    /** Takes what a mail server says of mail afterwards. Other messages come to the same mailbox and change nothing. */
    private void report(Request request, Response response) throws IOException {
        byte[] message = RequestBody.declared(request, REPORT_TYPE, LONGEST_REPORT);
        Optional<MailReport> report = read(message);
        List<Suppression> entries = report.map(SuppressionRoutes::entries).orElse(List.of());
        entries.forEach(list::add);
        Json.send(
                response,
                new Reported(
                        report.map(SuppressionRoutes::kind).orElse("none"),
                        entries.stream()
                                .map(entry -> "email:" + entry.address())
                                .toList()));
    }

    private static Optional<MailReport> read(byte[] message) {
        try {
            return MailReport.read(new ByteArrayInputStream(message));
        } catch (IOException unreadable) {
            throw new Problem(400, "the body is not a message as in RFC 5322; send a mail as it was received");
        }
    }

    private static String kind(MailReport report) {
        return switch (report) {
            case MailReport.Bounce _ -> "bounce";
            case MailReport.Complaint _ -> "complaint";
        };
    }

    private static List<Suppression> entries(MailReport report) {
        return switch (report) {
            case MailReport.Bounce bounce ->
                bounce.recipients().stream()
                        .filter(MailReport.Recipient::isGone)
                        .filter(recipient -> isAddress(recipient.address()))
                        .map(recipient -> entry(recipient.address(), Reason.BOUNCE, bounce.server())
                                .withNote(recipient.diagnostic().or(() -> Optional.of(recipient.status()))))
                        .toList();
            case MailReport.Complaint complaint ->
                complaint.suppressed().stream()
                        .filter(SuppressionRoutes::isAddress)
                        .map(address -> entry(address, Reason.COMPLAINT, complaint.provider())
                                .withNote(Optional.of(complaint.type())))
                        .toList();
        };
    }

    private static Suppression entry(String address, Reason reason, Optional<String> reporter) {
        return Suppression.of(Channel.EMAIL, address, reason, reporter.orElse("a report"));
    }

    /** Reports come from anywhere, and what they name as recipients need not be addresses. */
    private static boolean isAddress(String text) {
        return text.length() <= 320 && text.indexOf('@') > 0 && text.chars().noneMatch(c -> c <= ' ' || c == 0x7F);
    }
}
