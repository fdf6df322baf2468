package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.SmsSimulator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Text messages by the thousand, for a server that runs as a process. */
final class Messages {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Messages() {}

    /** Has the server send through this provider, which recognises repeats. */
    static List<String> settings(SmsSimulator provider) {
        return List.of(
                "delivery.sms.url=" + provider.sendUrl(),
                "delivery.sms.token=mock-token",
                "delivery.sms.timeout=2s",
                "delivery.sms.key-lifetime=1d",
                "delivery.lease=5s");
    }

    /** Text messages, as {@link #accept(ServerProcess, String, String, int)}. */
    static void accept(ServerProcess server, String label, int count) throws Exception {
        accept(server, "sms:+6149157%04d", label, count);
    }

    /**
     * One bulk request; what it answered for was accepted, so none of it may be lost.
     *
     * @param to with a place for a number below 1,000
     */
    static void accept(ServerProcess server, String to, String label, int count) throws Exception {
        String row = "{\"to\":\"" + to + "\",\"body\":\"%s message %d\"}";
        String rows = IntStream.range(0, count)
                .mapToObj(i -> row.formatted(i % 1_000, label, i))
                .collect(Collectors.joining("\n"));
        String answer = server.post("/api/messages", "application/x-ndjson", rows)
                .body()
                .strip();
        String last = answer.substring(answer.lastIndexOf('\n') + 1);
        assertThat(JSON.readTree(last).path("accepted").asInt()).as(last).isEqualTo(count);
    }

    static long sent(ServerProcess server) throws Exception {
        return states(server).path("SENT").asLong();
    }

    static JsonNode states(ServerProcess server) throws Exception {
        return JSON.readTree(server.get("/api/overview").body()).path("counts").path("byState");
    }
}
