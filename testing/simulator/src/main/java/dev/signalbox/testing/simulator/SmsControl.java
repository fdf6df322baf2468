package dev.signalbox.testing.simulator;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The routes beside {@code /send}: what has happened, and what shall happen. */
final class SmsControl {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final int MOST_LISTED = 10_000;

    private final SmsSimulator simulator;

    SmsControl(SmsSimulator simulator) {
        this.simulator = simulator;
    }

    Reply answer(String method, String path, Map<String, List<String>> query, byte[] body) {
        try {
            return switch (method + " " + path) {
                case "GET /stats" -> json(labelledStats());
                case "GET /messages" -> json(simulator.messages(limit(query)));
                case "GET /behaviour" -> json(BehaviourChange.of(simulator.behaviour()));
                case "POST /behaviour" -> change(body);
                case "POST /reset", "DELETE /reset" -> reset();
                case "GET /health" -> json(Map.of("status", "healthy", "simulator", "sms"));
                default -> json(404, Map.of("error", "there is no " + method + " " + path));
            };
        } catch (IllegalArgumentException | JacksonException e) {
            return json(400, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private ObjectNode labelledStats() {
        ObjectNode node =
                JSON.createObjectNode().put("simulator", "sms").put("note", "simulated: no message was sent to anyone");
        ObjectNode counts = JSON.valueToTree(simulator.stats());
        return node.setAll(counts);
    }

    private static int limit(Map<String, List<String>> query) {
        int limit = Integer.parseInt(query.getOrDefault("limit", List.of("100")).getFirst());
        if (limit < 1 || limit > MOST_LISTED) {
            throw new IllegalArgumentException("limit is not in 1.." + MOST_LISTED);
        }
        return limit;
    }

    private Reply change(byte[] body) {
        var change = JSON.readValue(body, BehaviourChange.class);
        return json(BehaviourChange.of(simulator.change(change)));
    }

    private Reply reset() {
        simulator.reset();
        return json(labelledStats());
    }

    private static Reply json(Object body) {
        return json(200, body);
    }

    private static Reply json(int status, Object body) {
        return new Reply.Answer(status, JSON.writeValueAsString(body), OptionalLong.empty());
    }
}
