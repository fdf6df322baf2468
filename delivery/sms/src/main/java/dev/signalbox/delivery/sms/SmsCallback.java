package dev.signalbox.delivery.sms;

import java.util.Optional;
import java.util.function.Function;

/** A provider's request to us. Immutable. */
public final class SmsCallback {
    private final String query;
    private final Function<String, Optional<String>> headers;
    private final byte[] body;

    /**
     * Describes a request.
     *
     * @param query as sent, without the question mark; empty if there is none
     * @param headers the first value of a header, by its name in any case
     * @param body as sent
     */
    public SmsCallback(String query, Function<String, Optional<String>> headers, byte[] body) {
        this.query = query;
        this.headers = headers;
        this.body = body.clone();
    }

    String query() {
        return query;
    }

    byte[] body() {
        return body.clone();
    }

    Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** A header that must be there. */
    String required(String name) {
        return header(name).orElseThrow(() -> new SmsCallbackException("the header " + name + " is missing"));
    }
}
