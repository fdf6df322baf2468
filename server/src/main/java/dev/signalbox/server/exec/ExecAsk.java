package dev.signalbox.server.exec;

import dev.signalbox.router.Payload;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client wants of commands. */
sealed interface ExecAsk {
    JsonMapper JSON = JsonMapper.builder().build();

    /** The client's own name for the run; may be empty. */
    String id();

    record Start(String command, String id, List<String> arguments) implements ExecAsk {}

    record Cancel(String id) implements ExecAsk {}

    /** A signal for a run; {@code number} is 1 to 64, as the server's platform counts them. */
    record Signal(String id, int number) implements ExecAsk {}

    /**
     * Reads what a client said.
     *
     * @throws IllegalArgumentException in words for who wrote the client
     */
    static ExecAsk parse(Payload payload) {
        JsonNode json = json(payload);
        if (json.path("cancel").isString()) {
            return new Cancel(json.path("cancel").asString());
        }
        if (json.path("signal").isString()) {
            return new Signal(json.path("signal").asString(), number(json.path("number")));
        }
        if (!json.path("run").isString()) {
            throw new IllegalArgumentException(
                    "send {\"run\": COMMAND, \"id\": \"1\", \"arguments\": []}, {\"cancel\": \"1\"} or"
                            + " {\"signal\": \"1\", \"number\": 15}");
        }
        String id = json.path("id").asString("");
        if (id.length() > 64) {
            throw new IllegalArgumentException("id is longer than 64 characters");
        }
        return new Start(json.path("run").asString(), id, arguments(json.path("arguments")));
    }

    private static int number(JsonNode given) {
        int number = given.isInt() ? given.asInt() : 0;
        if (number < 1 || number > 64) {
            throw new IllegalArgumentException("number must be that of a signal, 1 to 64: 1 is HUP, 2 INT, 15 TERM");
        }
        return number;
    }

    private static JsonNode json(Payload payload) {
        if (!(payload instanceof Payload.Text text)) {
            throw new IllegalArgumentException("the payload is not text");
        }
        try {
            return JSON.readTree(text.value());
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the payload is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static List<String> arguments(JsonNode given) {
        List<String> arguments = new ArrayList<>();
        if (!given.isMissingNode() && !given.isArray()) {
            throw new IllegalArgumentException("arguments is not a list");
        }
        for (JsonNode argument : given) {
            if (!argument.isString()) {
                throw new IllegalArgumentException("an argument is not a string");
            }
            arguments.add(argument.asString());
        }
        return arguments;
    }
}
