package dev.signalbox.server.hooks;

import dev.signalbox.http.HttpAnswer;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A backend's answer: {@code {"allow": true}}, or {@code {"allow": false, "reason": "…"}}; topics are granted on connecting. */
record HookAnswer(boolean allow, Optional<String> reason, TopicGrants topics) {
    private static final int LONGEST_REASON = 200;

    /** Anything else is no answer: nobody is let in, or kept out, by a page of a proxy. */
    static HookAnswer read(HttpAnswer answer) throws HookException {
        if (answer.status() != 200 || !answer.whole()) {
            throw new HookException("the status was " + answer.status() + ", not 200 with a whole body");
        }
        try {
            return read(Json.read(answer.body()));
        } catch (Json.Malformed e) {
            throw new HookException("the answer is not JSON: " + FailureText.of(e));
        } catch (IllegalArgumentException e) {
            throw new HookException("the answer grants topics that cannot be: " + FailureText.of(e));
        }
    }

    private static HookAnswer read(JsonNode json) throws HookException {
        if (!json.path("allow").isBoolean()) {
            throw new HookException("the answer has no member allow that is true or false");
        }
        Optional<String> reason = Optional.of(json.path("reason"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .map(text -> text.substring(0, Math.min(text.length(), LONGEST_REASON)));
        JsonNode topics = json.path("topics");
        return new HookAnswer(
                json.path("allow").booleanValue(),
                reason,
                new TopicGrants(patterns(topics, "publish"), patterns(topics, "subscribe"), patterns(topics, "join")));
    }

    private static List<String> patterns(JsonNode topics, String use) {
        return StreamSupport.stream(topics.path(use).spliterator(), false)
                .map(each -> each.isString() ? each.stringValue() : "") // which no topic is called
                .toList();
    }
}
