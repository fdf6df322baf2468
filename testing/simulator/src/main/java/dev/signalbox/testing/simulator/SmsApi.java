package dev.signalbox.testing.simulator;

import java.util.Optional;

/** How one provider's API asks for a message and is answered. Stateless and thread-safe. */
interface SmsApi {
    boolean takes(String path);

    /** What a request asks for. What cannot be read has no number and no text. */
    Asked read(Request request);

    /** The answer to a message that was taken. */
    Reply.Answer accepted(Asked asked, String messageId);

    Reply.Answer refused(Asked asked, Refusal refusal);

    /**
     * A request to a path that the API takes.
     *
     * @param authorization the header's value; empty without one
     */
    record Request(String path, String authorization, Optional<String> key, String body) {}

    /**
     * What was asked for.
     *
     * @param token what the request shows as its right
     */
    record Asked(String token, String account, String phone, String text, Optional<String> key) {}

    /** Why a message is not taken. */
    enum Refusal {
        UNAUTHORIZED,
        INCOMPLETE,
        KEY_TOO_LONG,
        REFUSED_NUMBER,
        KEY_CONFLICT,
        TOO_MANY,
        SERVER_ERROR
    }
}
