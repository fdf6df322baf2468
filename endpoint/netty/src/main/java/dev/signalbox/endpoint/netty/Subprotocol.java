package dev.signalbox.endpoint.netty;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a client may offer in {@code Sec-WebSocket-Protocol}; without any, it speaks the first. See docs/protocol.md. */
enum Subprotocol {
    /** Version 1 of the protocol; all in JSON. */
    JSON("signalbox.v1.json"),
    /** The same, but binary payloads come as binary frames. */
    RAW("signalbox.v1.raw");

    private final String text;

    Subprotocol(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The first of the client's, in its order of preference, that is ours. */
    static Optional<Subprotocol> choose(List<String> offered) {
        return offered.stream()
                .flatMap(name -> Arrays.stream(values()).filter(each -> each.text.equals(name)))
                .findFirst();
    }
}
