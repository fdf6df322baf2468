package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** What the simulator does with one request. */
sealed interface Reply {

    /** An answer of JSON, or what is passed off as such. */
    record Answer(int status, String body, OptionalLong retryAfterSeconds) implements Reply {
        static Answer ok(String json) {
            return new Answer(200, json, OptionalLong.empty());
        }

        /** {@code why} is our own text or goes through the JSON mapper before. */
        static Answer error(int status, String why) {
            return new Answer(status, "{\"error\":\"" + why + "\"}", OptionalLong.empty());
        }

        byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** No answer, until the client gives up. */
    record Hang() implements Reply {}

    /** No answer; the connection is closed. */
    record Cut() implements Reply {}
}
