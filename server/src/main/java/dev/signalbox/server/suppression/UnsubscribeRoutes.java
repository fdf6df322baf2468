package dev.signalbox.server.suppression;

import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.delivery.suppression.UnsubscribeLinks;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Where recipients of mail unsubscribe: a mail program posts to the link, a person who opens it gets a page with one button.
 * Opening the link changes nothing, because programs that check mail open every link. Open to all; the link is the proof.
 * Thread-safe.
 */
final class UnsubscribeRoutes {
    private static final String PATH = "/unsubscribe/{token}";
    private static final int LONGEST_BODY = 4_096;
    private static final String POLICY =
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%1$s</title>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            %2$s
            </main>
            </body>
            </html>
            """;
    private static final String ASKING = PAGE.formatted("Unsubscribe", """
            <form method="post">
            <p>You will get no more messages of this kind.</p>
            <button name="List-Unsubscribe" value="One-Click">Unsubscribe</button>
            </form>""");
    private static final String DONE = PAGE.formatted("Unsubscribed", "<p>You get no more messages of this kind.</p>");

    private final SuppressionList list;
    private final Optional<UnsubscribeLinks> links;

    UnsubscribeRoutes(SuppressionList list, Optional<UnsubscribeLinks> links) {
        this.list = list;
        this.links = links;
    }

    List<Route> routes() {
        return List.of(Route.open("GET", PATH, this::ask), Route.open("POST", PATH, this::unsubscribe));
    }

    private void ask(Request request, Response response) throws IOException {
        var _ = wish(request);
        page(response, ASKING);
    }

    /** Doing it again changes nothing. */
    private void unsubscribe(Request request, Response response) throws IOException {
        Suppression wish = wish(request);
        String body = new String(RequestBody.bytes(request, LONGEST_BODY), StandardCharsets.UTF_8);
        if (!body.contains("List-Unsubscribe") || !body.contains("One-Click")) {
            throw new Problem(400, "the body must say List-Unsubscribe=One-Click, as RFC 8058 has it");
        }
        list.add(wish);
        page(response, DONE);
    }

    private Suppression wish(Request request) {
        return links.flatMap(all -> all.read(request.parameter("token")))
                .orElseThrow(
                        () -> new Problem(404, "this link is not one of ours; copy the whole of it from the mail"));
    }

    private static void page(Response response, String html) throws IOException {
        response.header("Content-Type", "text/html; charset=utf-8")
                .header("Content-Security-Policy", POLICY)
                .send(html);
    }
}
