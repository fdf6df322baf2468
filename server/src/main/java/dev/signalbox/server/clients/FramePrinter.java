package dev.signalbox.server.clients;

import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;

/** Shows a server's frames: messages on stdout, everything else on stderr. Thread-safe. */
final class FramePrinter {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;

    FramePrinter(PrintWriter out, PrintWriter err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    synchronized void frame(JsonNode frame) {
        if (json) {
            out.println(frame);
        } else {
            show(frame);
        }
        out.flush();
        err.flush();
    }

    private void show(JsonNode frame) {
        switch (frame.path("type").asString("")) {
            case "welcome" -> err.println("connected as " + frame.path("client").asString(""));
            case "message", "request", "reply" ->
                out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " "
                        + Visible.line(frame.path("from").asString("")) + topic(frame) + ": " + content(frame));
            case "gap" ->
                err.println("topic " + Visible.line(frame.path("topic").asString("")) + ": messages "
                        + frame.path("expected").asLong(0) + " to "
                        + (frame.path("next").asLong(1) - 1) + " are lost");
            case "error" -> err.println("error: " + frame.path("message").asString(""));
            default -> {} // an ok or a pong says nothing to a person
        }
    }

    private static String topic(JsonNode frame) {
        return frame.has("topic") ? " in " + Visible.line(frame.path("topic").asString("")) : "";
    }

    private static String content(JsonNode frame) {
        return frame.has("text")
                ? Visible.line(frame.path("text").asString(""))
                : "(" + frame.path("base64").asString("").length() * 3 / 4 + " bytes)";
    }

    synchronized void note(String words) {
        err.println(words);
        err.flush();
    }
}
