package dev.signalbox.server.delivery;

import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.delivery.BulkChunks.Chunk;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How far an import has come. Not thread-safe: the thread that sends, or the one that waited for it, uses it. */
final class ImportProgress {
    private long accepted;
    private long duplicates;
    private long refused;
    /** The server has all lines up to this one, but for those that it refused. */
    private long stored;
    /** The last line of a chunk that is not answered for; 0 if there is none. */
    private long unanswered;

    void begin(Chunk chunk) {
        unanswered = chunk.lastLine();
    }

    void end(Chunk chunk) {
        stored = chunk.lastLine();
        unanswered = 0;
    }

    void stored(long line) {
        stored = Math.max(stored, line);
    }

    /** Adds the sums of a chunk: it is answered for. */
    void add(JsonNode sums) {
        accepted += sums.path("accepted").asLong(0);
        duplicates += sums.path("duplicates").asLong(0);
        refused += sums.path("refused").asLong(0);
        unanswered = 0;
    }

    void refuse() {
        refused++;
    }

    long rows() {
        return accepted + duplicates + refused;
    }

    long refused() {
        return refused;
    }

    ObjectNode json() {
        return RestClient.JSON
                .createObjectNode()
                .put("accepted", accepted)
                .put("duplicates", duplicates)
                .put("refused", refused);
    }

    String words() {
        return accepted + " accepted, " + duplicates + " known already, " + refused + " refused";
    }

    /** A second line for a message about a failure. */
    String howToGoOn() {
        long next = Math.max(stored + 1, 1);
        String unsure = unanswered > stored
                ? "It is not known whether the server has lines " + next + " to " + unanswered + ". "
                : "";
        return "\n" + unsure + "Go on with --from-line " + next
                + ", or run the same import again if every row has a dedupe key";
    }
}
