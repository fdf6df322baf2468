package dev.signalbox.ha.peer;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a node tells its peer: {@code {"status": "ok", "mode": 1, "timestamp": "…", "node": "one"}}. The status is {@code ok} or
 * {@code error}, the mode 1 for SERVING and 0, or nothing, for WAITING. Peers that are not Signalbox send no node.
 *
 * @param well whether the node can do its work
 * @param node its name; empty if it did not say
 */
public record PeerStatus(boolean well, Mode mode, Instant timestamp, Optional<String> node) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public String toJson() {
        ObjectNode object = JSON.createObjectNode()
                .put("status", well ? "ok" : "error")
                .put("mode", mode == Mode.SERVING ? 1 : 0)
                .put("timestamp", timestamp.toString());
        node.ifPresent(name -> object.put("node", name));
        return object.toString();
    }

    /** Reads what a peer told; empty if it is not what a peer tells. */
    public static Optional<PeerStatus> parse(String json) {
        try {
            return status(JSON.readTree(json));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<PeerStatus> status(JsonNode told) {
        String status = told.path("status").asString("");
        int mode = told.path("mode").asInt(0);
        if (!(status.equals("ok") || status.equals("error")) || mode < 0 || mode > 1) {
            return Optional.empty();
        }
        return Optional.of(new PeerStatus(
                status.equals("ok"),
                mode == 1 ? Mode.SERVING : Mode.WAITING,
                time(told.path("timestamp").asString("")),
                Optional.of(told.path("node").asString("")).filter(name -> !name.isEmpty())));
    }

    /** Peers write their times in several ways, and nothing depends on them. */
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
